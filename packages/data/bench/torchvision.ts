import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** What one run of a task took. */
export interface Run {
  readonly cpuSeconds: number;
  readonly images: number;
}

/** The same tasks in Python, in a process that lives from start to `close`. */
export interface TorchvisionPipeline {
  readonly versions: Readonly<Record<string, string>>;
  run(task: string): Promise<Run>;
  close(): void;
}

/** Starts it on a folder of JPEG files. Undefined, with the reason on the console, where Python has no torchvision. */
export async function startTorchvision(folder: string, python = "python3"): Promise<TorchvisionPipeline | undefined> {
  const script = fileURLToPath(new URL("./torchvision_pipeline.py", import.meta.url));
  const child = spawn(python, [script, folder], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, OMP_NUM_THREADS: "1" },
  });
  const failed = new Promise<undefined>((resolve) => {
    child.on("error", () => resolve(undefined));
    child.on("exit", () => resolve(undefined));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string | undefined> => {
    const next = await Promise.race([lines.next(), failed]);
    return next === undefined || next.done ? undefined : next.value;
  };
  const first = await answer();
  if (first === undefined) {
    console.log(
      `${python} cannot run torchvision_pipeline.py: give an interpreter with torch, torchvision and Pillow (Debian: python3-torch, ` +
        "python3-torchvision) as FLEDGE_PYTHON. Only ours is measured.",
    );
    return undefined;
  }
  return {
    versions: JSON.parse(first) as Record<string, string>,
    run: async (task) => {
      child.stdin.write(`${task}\n`);
      const line = await answer();
      if (line === undefined) throw new Error(`torchvision_pipeline.py ended during "${task}"; its message is above`);
      return JSON.parse(line) as Run;
    },
    close: () => void child.stdin.end(),
  };
}
