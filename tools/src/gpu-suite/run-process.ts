import { spawn } from "node:child_process";
import { workspaceRoot } from "../../bootstrap/shell.mjs";

/** How a process came to its end. */
export interface Ended {
  readonly seconds: number;
  readonly code: number | null;
  /** Whether its time was up. */
  readonly cutOff: boolean;
  readonly stdout: string;
  /** The last lines of both its outputs. */
  readonly tail: string;
}

const tailLines = 12;

/**
 * Runs a command in the checkout's root, its output shown, and ends it and its children when its time is up: a driver
 * that hangs or crashes costs one part of the suite.
 * @param seconds it may take
 */
export function runProcess(command: readonly string[], seconds: number, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const started = performance.now();
  const [file, ...args] = command as [string, ...string[]];
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: workspaceRoot,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that what it has started ends with it.
      detached: true,
    });
    let [stdout, both, cutOff] = ["", "", false];
    const stop = (): void => {
      try {
        process.kill(-child.pid!, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      cutOff = true;
      stop();
    }, 1000 * seconds);
    process.once("exit", stop);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      both += text;
      process.stdout.write(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      both += text;
      process.stderr.write(text);
    });
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      process.removeListener("exit", stop);
      const tail = both.trimEnd().split("\n").slice(-tailLines).join("\n");
      resolve({ seconds: (performance.now() - started) / 1000, code, cutOff, stdout, tail });
    });
  });
}
