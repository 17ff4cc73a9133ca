// A contender: a library in a process of its own that does one task at a time when told to.
import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { InputFiles } from "./inputs.ts";
import type { Kind, Task } from "./tasks.ts";

export interface Description {
  readonly versions: Readonly<Record<string, string>>;
  /** What it computes on, as WebGPU describes the adapter; null where the library does not tell. */
  readonly adapter: { readonly name: string; readonly driver: string; readonly software: boolean } | null;
}

export type Outputs = Readonly<Record<string, Float32Array>>;

/** A task that is set up: weights and operands loaded, nothing run yet. */
export interface Prepared {
  /** Does the task `repeats` times and resolves when the last is done. A training step changes the weights each time. */
  readonly run: (repeats: number) => Promise<void>;
  /** What the last run computed, in Fledge's layouts; of training, the losses of the first two steps. */
  readonly outputs: () => Promise<Outputs>;
  readonly release: () => void | Promise<void>;
}

export interface Contender {
  readonly description: Description;
  readonly prepare: (task: Task, inputs: InputFiles) => Promise<Prepared>;
}

/** What the runner asks of a contender's process, a line of JSON on its standard input. */
export type Request =
  | { readonly do: "describe" | "release" }
  | { readonly do: "prepare"; readonly task: Task; readonly inputs: InputFiles }
  | { readonly do: "measure"; readonly repeats: number }
  | { readonly do: "outputs"; readonly folder: string };

/** The answer, a line of JSON on file descriptor 3: standard output belongs to whatever the library prints there. */
export interface Reply {
  readonly description?: Description;
  readonly timeMs?: number;
  readonly files?: Readonly<Record<string, string>>;
  readonly error?: string;
}

export const readFloats = (file: string): Float32Array<ArrayBuffer> => {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);
};

export const readInts = (file: string): Int32Array<ArrayBuffer> => new Int32Array(readFloats(file).buffer);

export function unsupported(who: string, kind: Kind): never {
  throw new Error(`${who} does not do the task "${kind}"`);
}

/** Answers requests, one after the other, until standard input ends. */
export async function serve(open: () => Promise<Contender>): Promise<void> {
  let contender: Contender | undefined;
  let prepared: Prepared | undefined;
  const answer = async (request: Request): Promise<Reply> => {
    contender ??= await open();
    if (request.do === "describe") return { description: contender.description };
    if (request.do === "prepare") {
      prepared = await contender.prepare(request.task, request.inputs);
      return {};
    }
    if (!prepared) throw new Error(`"${request.do}" before "prepare"`);
    if (request.do === "measure") {
      const startMs = performance.now();
      await prepared.run(request.repeats);
      return { timeMs: (performance.now() - startMs) / request.repeats };
    }
    if (request.do === "outputs") {
      const files = Object.entries(await prepared.outputs()).map(([name, data]) => {
        const file = join(request.folder, `${name}.bin`);
        writeFileSync(file, data);
        return [name, file];
      });
      return { files: Object.fromEntries(files) };
    }
    await prepared.release();
    prepared = undefined;
    return {};
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const reply = await answer(JSON.parse(line) as Request).catch((error: Error): Reply => ({
      error: error.stack ?? error.message,
    }));
    writeSync(3, `${JSON.stringify(reply)}\n`);
  }
  process.exit(0); // Dawn's pending promises are of no more use.
}
