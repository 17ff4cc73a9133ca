import { variableBytes } from "@fledge/autograd";
import type { Gpu } from "@fledge/runtime";
import { batchesOfPass, lookersAt } from "@fledge/training";
import { labellerOf } from "../stages/networks.ts";
import { averageOf } from "../stages/optimiser.ts";
import { actorsOf, type ProgramUse } from "../stages/programs.ts";
import type { ModelName } from "../run/records.ts";
import type { Config } from "../config/schema.ts";
import type { Planner } from "./programs.ts";
import type { Work } from "./work.ts";

/** The most that lies on the device at once. */
export interface PeakMemory {
  readonly bytes: number;
  /** Weights and running statistics of the models that are there then, and the optimiser's momentum and averages. */
  readonly variableBytes: number;
  /** Arenas, gradients and scratch of the compiled programs that are there then. */
  readonly programBytes: number;
}

/** A model labels by weights of its own, on the device beside those that are evaluated. */
const labelsAsAnother = (config: Config): boolean =>
  config.pseudoLabels.teacherMode === "train" || lookersAt(averageOf(config)).includes("teacher");

interface Costs {
  readonly gpu: Pick<Gpu, "traits">;
  readonly config: Config;
  readonly classes: number;
  readonly plan: Planner;
}

/**
 * The peak of a run's device memory, as the run goes: models and the programs that they are looked at with stay to its
 * end, steps and their optimiser go with their phase and model.
 */
export function peakMemory({ gpu, config, classes, plan }: Costs, work: readonly Work[]): PeakMemory {
  const models = new Set<string>();
  const looks = new Set<string>();
  let [variables, programs] = [0, 0];
  let peak: PeakMemory = { bytes: 0, variableBytes: 0, programBytes: 0 };

  const place = (name: string, use: ProgramUse): void => {
    if (models.has(name)) return;
    models.add(name);
    const { network } = actorsOf({ ...use, noised: false }, config, classes);
    variables += variableBytes(gpu, network.variables);
  };
  const programsOf = ({ use, images }: Work): number[] =>
    batchesOfPass(images, use.batches.size).map(({ size }) => plan(use, size).memoryBytes);
  const look = (one: Work): void => {
    for (const { size } of batchesOfPass(one.images, one.use.batches.size)) {
      const { id, memoryBytes } = plan(one.use, size);
      const key = `${nameIn(one)} ${id}`;
      if (!looks.has(key)) programs += memoryBytes;
      looks.add(key);
    }
  };
  /** Who labels may be another copy of the model. */
  const nameIn = ({ model, part }: Work): string => (part === "labelling" ? labelling(model) : model);
  const labelling = (model: ModelName): string => (labelsAsAnother(config) ? `${model} as it labels` : model);
  const reach = (ofVariables: number, ofPrograms: number): void => {
    const bytes = variables + ofVariables + programs + ofPrograms;
    if (bytes <= peak.bytes) return;
    peak = { bytes, variableBytes: variables + ofVariables, programBytes: programs + ofPrograms };
  };
  const placeLabeller = (student: ModelName, use: ProgramUse): void => {
    const model = labellerOf(config, student);
    for (const name of new Set([model, labelling(model)])) place(name, { ...use, network: use.teacher });
  };

  work.forEach((one, index) => {
    place(one.model, one.use);
    place(nameIn(one), one.use);
    if (one.part !== "training") {
      look(one);
      return reach(0, 0);
    }
    if (one.of === "pseudo-labelled step" || one.of === "joint step") placeLabeller(one.model, one.use);
    const { optimiser } = actorsOf(one.use, config, classes);
    const ofSteps = programsOf(one).reduce((sum, bytes) => sum + bytes, 0);
    // The phase's steps are there still while it is validated.
    for (const next of work.slice(index + 1)) {
      if (next.part !== "validation" || next.of !== one.of) break;
      look(next);
    }
    reach(variableBytes(gpu, optimiser.variables), ofSteps);
  });
  return peak;
}
