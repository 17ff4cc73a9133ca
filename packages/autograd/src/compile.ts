import type { Choices, Gpu } from "@fledge/runtime";
import { OwnedMemory } from "./owned-memory.ts";
import { plan } from "./plan.ts";
import { ProgramInParts } from "./program-in-parts.ts";
import { WholeProgram, type Program } from "./program.ts";
import { recordInParts, type RecordedInParts } from "./record-in-parts.ts";
import { differentiated, simplified, type ProgramSource, type Recorded, type RecordOptions } from "./record.ts";
import { ConstantTensor, type Tensor } from "./tensor.ts";
import { locate, place, release } from "./variables.ts";

export interface CompileOptions extends RecordOptions {
  /** The rung for a kernel and shape where none is forced, instead of the kernel's own choice. */
  readonly choices?: Choices;
  /**
   * The most examples of a batch (`batchOf`) that the device computes at once; null or absent: all. A larger batch is
   * computed in parts, as equal as can be: their gradients are summed and the parameters move once. Where a program takes
   * several batches, all their examples count, and each part has the same share of every one. BatchNorm in train
   * mode normalises each part by its own statistics, and the running ones see each part. Results are those of the
   * batch: one with a row for each example is joined, one of floats without is a mean and weighed, one of integers a
   * count and added.
   */
  readonly atOnce?: number | null;
}

/** Plans and prepares a graph as it is: a step of `compile`. */
export async function compileWhole<Inputs extends string, Results extends string>(
  gpu: Gpu,
  { graph, inputs, results }: Recorded<Inputs, Results>,
  options: CompileOptions,
): Promise<Program<Inputs, Results>> {
  const memory = new OwnedMemory(gpu);
  try {
    const held = [...Object.values<Tensor>(results), ...Object.values<Tensor>(inputs)];
    const rungs = { rungs: options.rungs ?? {}, choices: options.choices ?? {} };
    const planned = plan(gpu, memory, graph, held, rungs, (variable) => locate(gpu, variable));
    const tensors = new Set(graph.nodes.flatMap((node) => ("inputs" in node ? Object.values(node.inputs) : [])));
    for (const tensor of tensors) if (tensor instanceof ConstantTensor) gpu.write(planned.slice(tensor), tensor.data);
    const prepared = await Promise.all(planned.kernels.map(({ plan: kernel, slices }) => gpu.prepare(kernel, slices)));
    gpu.throwIfFailed();
    return new WholeProgram(gpu, memory, planned, prepared.flat(), inputs, results);
  } catch (error) {
    memory.release();
    throw error;
  }
}

async function compileParts<Inputs extends string, Results extends string>(
  gpu: Gpu,
  inputSpecs: ProgramSource<Inputs, Results>[0],
  { share, sizes, partOf, update, sums, kinds }: RecordedInParts<Results>,
  options: CompileOptions,
): Promise<Program<Inputs, Results>> {
  const compiled: { release(): void }[] = [];
  const keep = async <P extends { release(): void }>(program: Promise<P>): Promise<P> => {
    compiled.push(await program);
    return program;
  };
  place(gpu, sums);
  try {
    const programs = new Map<number, Program<string, Results>>();
    for (const [size, recorded] of partOf) programs.set(size, await keep(compileWhole(gpu, recorded, options)));
    return new ProgramInParts(gpu, {
      inputSpecs,
      share,
      parts: sizes.map((size) => ({ size, program: programs.get(size)! })),
      kinds,
      update: update && (await keep(compileWhole(gpu, update, options))),
      sums,
    });
  } catch (error) {
    for (const program of compiled) program.release();
    release(gpu, sums);
    throw error;
  }
}

/**
 * Trace, differentiate, plan: turns a function of tensors into a program on `gpu`.
 * Variables that the function uses must have been placed. Changes of variables (optimiser steps, running moments)
 * happen in every run; the returned tensors are read back.
 */
export async function compile<Inputs extends string, Results extends string>(
  gpu: Gpu,
  inputSpecs: ProgramSource<Inputs, Results>[0],
  body: ProgramSource<Inputs, Results>[1],
  options: CompileOptions = {},
): Promise<Program<Inputs, Results>> {
  const inParts = recordInParts([inputSpecs, body], options.atOnce ?? Infinity, options);
  if (inParts) return compileParts(gpu, inputSpecs, inParts, options);
  return compileWhole(gpu, simplified(differentiated([inputSpecs, body], options), options), options);
}
