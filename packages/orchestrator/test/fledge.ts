import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { fledge } from "../src/cli/fledge.mjs";

export interface Outcome {
  readonly code: number;
  /** All that went to stdout and stderr. */
  readonly output: string;
  readonly stdout: string;
}

// What the user's machine has timed must not change what tests compute.
process.env["FLEDGE_CACHE"] = join(tmpdir(), `fledge-no-cache-${process.pid}`);

/** Runs `fledge` in this process. */
export async function run(...args: string[]): Promise<Outcome> {
  let output = "";
  let stdout = "";
  const take = (chunk: unknown): boolean => {
    output += String(chunk);
    return true;
  };
  const result = (chunk: unknown): boolean => {
    stdout += String(chunk);
    return take(chunk);
  };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(result),
    vi.spyOn(process.stderr, "write").mockImplementation(take),
    vi.spyOn(console, "log").mockImplementation((...values) => void result(`${values.join(" ")}\n`)),
  ];
  try {
    return { code: await fledge(args), output, stdout };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
