import type { Choices, Gpu } from "@fledge/runtime";
import type { PaperData } from "../stages/paper-data.ts";
import type { Config } from "../config/schema.ts";
import { loadingSecondsIn, measureLoading, type MeasuredLoading } from "./loading.ts";
import { measureProgram, type MeasuredProgram } from "./measure.ts";
import type { RunCost, WorkCost } from "./run-cost.ts";
import { programsToMeasure, secondsIn, type Measured } from "./time.ts";

/** What was measured on this adapter. */
export interface Measurement {
  readonly programs: Measured;
  readonly loading: MeasuredLoading;
  /** Whether the adapter computes on the cores that load images. */
  readonly sharesCores: boolean;
}

/** Programs by id, and loading by the settings that decide its time. */
export interface MeasuredBefore {
  readonly programs: Map<string, MeasuredProgram>;
  readonly loading: Map<string, MeasuredLoading>;
}

export const nothingMeasured = (): MeasuredBefore => ({ programs: new Map(), loading: new Map() });

export interface Measuring {
  readonly gpu: Gpu;
  readonly config: Config;
  readonly data: PaperData;
  readonly choices: Choices;
  /** What runs before have measured: none of it is measured again. */
  readonly known?: MeasuredBefore;
}

/** Times each distinct program of what is left of a run, and its loading of images. */
export async function measureRun({ left }: RunCost, measuring: Measuring): Promise<Measurement> {
  const { gpu, config, data, choices, known = nothingMeasured() } = measuring;
  const { programs, loading } = known;
  const classes = data.labelled.classes.length;
  for (const program of programsToMeasure(left)) {
    if (programs.has(program.id)) continue;
    programs.set(program.id, await measureProgram(gpu, config, program, { classes, choices }));
  }
  const key = JSON.stringify([config.data, config.loader, config.views, config.training.batchSize]);
  const loaded = loading.get(key) ?? (await measureLoading(config, data.labelled));
  loading.set(key, loaded);
  return { programs, loading: loaded, sharesCores: gpu.traits.deviceClass === "software" };
}

/**
 * How long pieces of work take. A GPU computes while the next images are loaded, so the longer of both counts; an adapter
 * on the CPU shares its cores with the loader's threads.
 */
export function secondsOfWork(work: readonly WorkCost[], measurement: Measurement): number {
  const { programs, loading, sharesCores } = measurement;
  const computing = secondsIn(work, programs);
  const loaded = loadingSecondsIn(work, loading);
  return sharesCores ? computing + loaded * loading.shareOfCores : Math.max(computing, loaded);
}
