import { compile, type CompileOptions, type Program } from "@fledge/autograd";
import type { Gpu } from "@fledge/runtime";
import type { BatchProgram } from "./step.ts";

/** A program compiled once for each size of batch: an epoch's last batch may be smaller. */
export class CompiledBySize<Result extends string> {
  readonly #gpu: Gpu;
  readonly #program: BatchProgram<Result>;
  readonly #options: CompileOptions;
  readonly #compiled = new Map<number, Promise<Program<string, Result>>>();

  constructor(gpu: Gpu, program: BatchProgram<Result>, options: CompileOptions) {
    this.#gpu = gpu;
    this.#program = program;
    this.#options = options;
  }

  /** The program for batches of `batchSize` images. */
  of(batchSize: number): Promise<Program<string, Result>> {
    let compiled = this.#compiled.get(batchSize);
    if (!compiled) {
      compiled = compile(this.#gpu, ...this.#program(batchSize), this.#options);
      this.#compiled.set(batchSize, compiled);
      compiled.catch(() => this.#compiled.delete(batchSize)); // It is thrown where it is awaited.
    }
    return compiled;
  }

  /** Frees the programs; one whose compilation failed has freed itself. */
  async release(): Promise<void> {
    const compiled = await Promise.allSettled(this.#compiled.values());
    for (const one of compiled) if (one.status === "fulfilled") one.value.release();
    this.#compiled.clear();
  }
}
