import type { Choices, Gpu } from "@fledge/runtime";
import { batchesOfPass } from "@fledge/training";
import { countsOf, imagesOn } from "../stages/check-counts.ts";
import type { PaperData } from "../stages/paper-data.ts";
import type { Config } from "../config/schema.ts";
import { diskBytes } from "./disk.ts";
import { peakMemory, type PeakMemory } from "./memory.ts";
import { plannerOf, type PlannedProgram, type Planner } from "./programs.ts";
import { nothingDone, wholeRun, workOf, type Done, type Scope, type Work } from "./work.ts";

/** What is run of a program: so many batches. */
export interface Runs {
  readonly program: PlannedProgram;
  readonly count: number;
}

/** A piece of work with what it costs. */
export interface WorkCost extends Work {
  /** Of all passes. */
  readonly runs: readonly Runs[];
  readonly flops: number;
}

/** What a run costs. */
export interface RunCost {
  /** All of it, in order, also what is done. */
  readonly whole: readonly WorkCost[];
  /** What is not done yet. */
  readonly left: readonly WorkCost[];
  readonly memory: PeakMemory;
  /** Of its folder in the end, about. */
  readonly diskBytes: number;
  /** What the figures cannot know, in sentences. */
  readonly notes: readonly string[];
}

export interface RunCosting {
  /** May be the traits of an adapter that is not there. */
  readonly gpu: Pick<Gpu, "traits">;
  readonly config: Config;
  readonly choices?: Choices;
  readonly data: PaperData;
  readonly done?: Done;
  readonly scope?: Scope;
  /** Of this configuration, or of one that differs in seeds alone. */
  readonly plan?: Planner;
}

function notesOn({ pseudoLabels: { select } }: Config): string[] {
  if (select === null) return [];
  return ["pseudoLabels.select leaves out images that nobody knows yet: all unlabelled ones are counted"];
}

/** Counts what a run costs before it begins, or goes on; compiles nothing. @throws UsageError as `imagesOn` does */
export function runCost(given: RunCosting): RunCost {
  const { gpu, config, data, choices = {}, done = nothingDone, scope = wholeRun } = given;
  const classes = data.labelled.classes.length;
  const images = imagesOn(config, ...countsOf(config, data));
  const plan = given.plan ?? plannerOf(gpu, config, classes, choices);
  const costOf = (work: Work): WorkCost => {
    const runs = batchesOfPass(work.images, work.use.batches.size).map(({ size, count }) => ({
      program: plan(work.use, size),
      count: count * work.passes,
    }));
    return { ...work, runs, flops: flopsOf(runs) };
  };
  const whole = workOf(config, images, nothingDone, scope);
  // A whole run's folder holds the models of others, too, that it takes.
  const kept = scope.records ? workOf(config, images) : whole;
  return {
    whole: whole.map(costOf),
    left: workOf(config, images, done, scope).map(costOf),
    memory: peakMemory({ gpu, config, classes, plan }, whole),
    diskBytes: diskBytes(config, classes, kept, data.labelled.samples.length + data.unlabelled.samples.length),
    notes: notesOn(config),
  };
}

const flopsOf = (runs: readonly Runs[]): number =>
  runs.reduce((sum, { program, count }) => sum + program.flops * count, 0);

/** Arithmetic operations of pieces of work. */
export const flopsIn = (work: readonly WorkCost[]): number => work.reduce((sum, { flops }) => sum + flops, 0);

/** Steps of an optimiser in pieces of work. */
export const stepsIn = (work: readonly WorkCost[]): number =>
  work
    .filter(({ part }) => part === "training")
    .flatMap(({ runs }) => runs)
    .reduce((sum, { count }) => sum + count, 0);
