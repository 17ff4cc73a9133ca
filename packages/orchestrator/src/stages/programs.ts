import { kernelUses, type Sgd } from "@fledge/autograd";
import type { Mode, Network } from "@fledge/resnet";
import type { Gpu, KernelUse } from "@fledge/runtime";
import { optimiserOf, prediction, renderedImages, trainingStep, type BatchProgram } from "@fledge/training";
import type { ModelName } from "../run/records.ts";
import { networkOf } from "./models.ts";
import { objectivesOf } from "./objectives.ts";
import { optimiserSettings } from "./optimiser.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";

/** How many images a program computes, and the setting that says so. */
export interface Batches {
  readonly size: number;
  /** The most of them that the device computes at once. */
  readonly atOnce: number;
  readonly key: string;
  /** The flag that changes it. */
  readonly mend: string;
}

/** A program that a configuration runs. */
export interface ProgramUse {
  readonly kind: "labelled step" | "pseudo-labelled step" | "evaluation";
  readonly by: "teachers" | "students";
  readonly batches: Batches;
  /** BatchNorm in "train" mode normalises by each batch's own statistics. */
  readonly mode: Mode;
  /** Which images it sees. */
  readonly on: "training" | "labeller's training" | "unlabelled" | "held out" | "any";
}

const ofSetting = (key: string, size: number, { training }: Config, mend = `--set ${key}=`): Batches => ({
  size,
  atOnce: Math.min(size, training.microBatchSize ?? size),
  key,
  mend,
});

/** Images of a training step of a model: as `training` says, the teachers' where a key of their own is set. */
export function batchesOf(config: Config, by: ProgramUse["by"]): Batches {
  const { training, teacherTraining } = config;
  const own = by === "teachers" ? teacherTraining.batchSize : null;
  if (own !== null) return ofSetting("teacherTraining.batchSize", own, config);
  return ofSetting("training.batchSize", training.batchSize, config, "--batch-size");
}

/** Evaluation cuts no batch into parts: its batches are of what is computed at once. */
export function evaluationBatchesOf(config: Config, by: ProgramUse["by"]): Batches {
  const batches = batchesOf(config, by);
  return batches.atOnce < batches.size ? ofSetting("training.microBatchSize", batches.atOnce, config) : batches;
}

/** Whose settings a model trains by. */
export const familyOf = (name: ModelName): ProgramUse["by"] => (name.endsWith("teacher") ? "teachers" : "students");

/** How many epochs a model is trained for, over all its phases. */
export const epochsOf = ({ epochs }: Config, name: ModelName): number =>
  familyOf(name) === "teachers" ? epochs.teacher : epochs.pseudoLabelled + epochs.labelled;

/** Every program that a configuration runs on full batches: whoever compiles, tunes, explains or checks them asks here. */
export function programsOf(config: Config): ProgramUse[] {
  const { from, heldOut, teacherMode } = config.pseudoLabels;
  const step = (kind: ProgramUse["kind"], by: ProgramUse["by"], on: ProgramUse["on"]): ProgramUse => {
    return { kind, by, on, batches: batchesOf(config, by), mode: "train" };
  };
  const evaluation = (by: ProgramUse["by"], on: ProgramUse["on"], mode: ProgramUse["mode"]): ProgramUse => {
    return { kind: "evaluation", by, on, batches: evaluationBatchesOf(config, by), mode };
  };
  return [
    step("labelled step", "teachers", "training"),
    ...(from === "own-split" ? [step("labelled step", "teachers", "labeller's training")] : []),
    ...(config.epochs.pseudoLabelled > 0 ? [step("pseudo-labelled step", "students", "unlabelled")] : []),
    step("labelled step", "students", "training"),
    evaluation("teachers", "any", "eval"),
    evaluation("students", "any", "eval"),
    ...(heldOut > 0 ? [evaluation("students", "held out", teacherMode)] : []),
  ];
}

/** What programs compute with. */
export interface Actors {
  readonly network: Network;
  readonly optimiser: Sgd;
  readonly teacher: Network;
}

/** What a program computes. */
export function sourceOf(
  { kind, mode }: ProgramUse,
  config: Config,
  { network, optimiser, teacher }: Actors,
): BatchProgram<string> {
  const objectives = objectivesOf(config);
  switch (kind) {
    case "evaluation":
      return prediction(network, renderedImages(config.data.imageSize), mode);
    case "labelled step":
      return trainingStep(network, objectives.labelled, optimiser);
    case "pseudo-labelled step":
      return trainingStep(network, objectives.byTeacher(teacher), optimiser);
  }
}

/**
 * The kernels and shapes of a configuration's programs for full batches.
 * @throws UsageError where the settings give a size that no kernel takes
 */
export function kernelUsesOf(gpu: Gpu, config: Config, classes: number): KernelUse[] {
  const network = networkOf(config, classes);
  const optimiser = optimiserOf(network, optimiserSettings(config));
  const together = [network.variables, optimiser.variables];
  const actors = { network, optimiser, teacher: networkOf(config, classes) };
  const distinct = new Map(
    programsOf(config).map((use) => [`${use.kind} ${use.mode} ${use.batches.size} ${use.batches.atOnce}`, use]),
  );
  return [...distinct.values()].flatMap((use) => {
    const { size, atOnce, mend } = use.batches;
    try {
      return kernelUses(gpu, sourceOf(use, config, actors)(size), { atOnce }, together);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const { imageSize } = config.data;
      throw new UsageError(
        `a batch of ${atOnce} images of ${imageSize} pixels cannot be computed (${error.message}): give less with ${mend} or --set data.imageSize=`,
        { cause: error },
      );
    }
  });
}
