import { release as releaseVariables } from "./variables.ts";
import type { Gpu, TensorSpec } from "@fledge/runtime";
import { cut, join, type BatchSizes, type ResultKind } from "./batch.ts";
import { partInput, shareInput } from "./divide.ts";
import type { InputValue, Program, ResultValue } from "./program.ts";
import type { Variable } from "./tensor.ts";

/** The program of a part; those of one size, in shares of the batch, have the same. */
export interface Part<Results extends string> {
  readonly size: number;
  readonly program: Program<string, Results>;
}

/** What a batch in parts consists of, the largest part first. */
export interface Parts<Inputs extends string, Results extends string> {
  readonly inputSpecs: Readonly<Record<Inputs, TensorSpec>>;
  /** The examples of each batch in one share. */
  readonly share: BatchSizes;
  readonly parts: readonly Part<Results>[];
  readonly kinds: Readonly<Partial<Record<Results, ResultKind>>>;
  /** What moves the parameters once the gradients of all parts are in, and the sums it reads. Its results join those of the parts. */
  readonly update: Program<string, Results> | null;
  readonly sums: readonly Variable[];
}

/** A program on a batch that the device cannot hold at once: its parts one after the other, then one update. */
export class ProgramInParts<Inputs extends string, Results extends string> implements Program<Inputs, Results> {
  readonly #gpu: Gpu;
  readonly #of: Parts<Inputs, Results>;
  readonly #size: number;

  constructor(gpu: Gpu, of: Parts<Inputs, Results>) {
    this.#gpu = gpu;
    this.#of = of;
    this.#size = of.parts.reduce((sum, { size }) => sum + size, 0);
  }

  get kernels(): Program<Inputs, Results>["kernels"] {
    return this.#of.parts[0]!.program.kernels;
  }

  /** Everything is submitted before anything is awaited. */
  async run(inputs: Readonly<Record<Inputs, InputValue>>): Promise<Record<Results, ResultValue>> {
    const { parts, kinds, update } = this.#of;
    let start = 0;
    const running = parts.map(({ size, program }, index) =>
      program.run(this.#given(inputs, index, start, (start += size))),
    );
    // Together, so that where the device is lost no rejection is left for nobody to catch.
    const [results, left] = await Promise.all([Promise.all(running), update?.run(inputs)]);
    const shares = parts.map(({ size }) => size / this.#size);
    const named = Object.entries(kinds as Readonly<Record<string, ResultKind>>).map(([name, kind]) => {
      const ofParts = results.map((result) => result[name as Results]);
      return [name, join(kind, ofParts, shares)] as const;
    });
    return { ...Object.fromEntries(named), ...left } as Record<Results, ResultValue>;
  }

  explain(timesUs?: readonly number[]): ReturnType<Program<Inputs, Results>["explain"]> {
    return this.#of.parts[0]!.program.explain(timesUs);
  }

  profile(inputs: Readonly<Record<Inputs, InputValue>>): Promise<number[]> {
    const { size, program } = this.#of.parts[0]!;
    return program.profile(this.#given(inputs, 0, 0, size));
  }

  release(): void {
    const { parts, update, sums } = this.#of;
    for (const program of new Set(parts.map((part) => part.program))) program.release();
    update?.release();
    if (sums.length > 0) releaseVariables(this.#gpu, sums);
  }

  #given(inputs: Readonly<Record<Inputs, InputValue>>, part: number, start: number, end: number) {
    return {
      ...cut(this.#of.inputSpecs, inputs, this.#of.share, start, end),
      [shareInput]: (end - start) / this.#size,
      [partInput]: part,
    };
  }
}
