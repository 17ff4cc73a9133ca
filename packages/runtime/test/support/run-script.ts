import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ScriptEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Long for a script of a second or two on a busy machine, and shorter than a test may take, which then tells the signal. */
const patienceMs = 240_000;

/** Runs a script of test/fixtures with tsx until its process ends; one that hangs is killed, which the signal tells. */
export function runScript(name: string): Promise<ScriptEnd> {
  const file = fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
  const child = spawn(process.execPath, ["--expose-gc", "--import", "tsx", file], {
    timeout: patienceMs,
    killSignal: "SIGKILL",
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
