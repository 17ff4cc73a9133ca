import { kernelUses, type Sgd } from "@fledge/autograd";
import type { Mode, Network } from "@fledge/resnet";
import type { Gpu, KernelUse } from "@fledge/runtime";
import { labelling, optimiserOf, prediction, renderedImages, trainingStep, type BatchProgram } from "@fledge/training";
import { modelsOf } from "../methods/models-of.ts";
import type { ModelName } from "../run/records.ts";
import { evaluationBatchesOf, familyOf, stepBatchesOf, type Batches, type Family } from "./batches.ts";
import { networkOf } from "./models.ts";
import { labellerOf, networkChoice, ofDistinctSize, sizeOf, type NetworkChoice } from "./networks.ts";
import { objectivesOf } from "./objectives.ts";
import { optimiserSettings } from "./optimiser.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";

/** A program that a configuration runs. */
export interface ProgramUse {
  readonly kind: "labelled step" | "pseudo-labelled step" | "joint step" | "fixmatch step" | "evaluation" | "labelling";
  readonly by: Family;
  readonly batches: Batches;
  /** The network that learns or is evaluated, and the one that labels for it. */
  readonly network: NetworkChoice;
  readonly teacher: NetworkChoice;
  /** Whether its network has noise. */
  readonly noised: boolean;
  /** BatchNorm in "train" mode normalises by each batch's own statistics. */
  readonly mode: Mode;
  /** Which images it sees. */
  readonly on: "training" | "labeller's training" | "unlabelled" | "beside unlabelled" | "held out" | "any";
}

/** Whether a model trains with dropout or stochastic depth, as `network.noised` says. */
export function isNoised({ network }: Config, name: ModelName): boolean {
  if (network.dropout === 0 && network.stochasticDepth.rate === 0) return false;
  switch (network.noised) {
    case "noisy-students":
      return familyOf(name) === "students" && name !== "student";
    case "students":
      return familyOf(name) === "students";
    case "all":
      return true;
  }
}

/** How many epochs a model is trained for, over all its phases. */
export const epochsOf = ({ epochs }: Config, name: ModelName): number =>
  familyOf(name) === "teachers" ? epochs.teacher : epochs.pseudoLabelled + epochs.labelled;

/** Every program that a configuration runs on full batches: whoever compiles, tunes, explains or checks them asks here. */
export function programsOf(config: Config): ProgramUse[] {
  const { from, heldOut, teacherMode, made } = config.pseudoLabels;
  const models = modelsOf(config);
  const students = models.filter((name) => familyOf(name) === "students");
  const labellers = students.map((name) => labellerOf(config, name));
  const evaluationsOf =
    (names: readonly ModelName[]) =>
    (by: Family, on: ProgramUse["on"], mode: ProgramUse["mode"]): ProgramUse[] =>
      ofDistinctSize(names.map((name) => networkChoice(config, name))).map((network) => {
        const batches = evaluationBatchesOf(config, by);
        return { kind: "evaluation", by, on, batches, network, teacher: network, noised: false, mode };
      });
  const step = stepsOf(config);
  const together = config.student.objective === "joint";
  switch (config.method) {
    case "supervised-noise":
      return [
        // In place of the unlabelled images come as many labelled ones.
        ...(together || config.epochs.pseudoLabelled > 0 ? step("labelled step", "students", "unlabelled") : []),
        ...(together ? [] : step("labelled step", "students", "training")),
        ...evaluationsOf(students)("students", "any", "eval"),
      ];
    case "fixmatch":
      return [
        ...step("fixmatch step", "students", "beside unlabelled"),
        ...evaluationsOf(students)("students", "any", "eval"),
      ];
    case "noisy-student-lite": {
      const labelling = evaluationsOf(labellers)("students", "any", teacherMode);
      return [
        ...step("labelled step", "teachers", "training"),
        ...(from === "own-split" ? step("labelled step", "teachers", "labeller's training") : []),
        ...(together ? step("joint step", "students", "beside unlabelled") : []),
        ...(!together && config.epochs.pseudoLabelled > 0
          ? step("pseudo-labelled step", "students", "unlabelled")
          : []),
        ...(together ? [] : step("labelled step", "students", "training")),
        ...evaluationsOf(["teacher"])("teachers", "any", "eval"),
        // Tables and records show the teachers' batches of the students' size, too.
        ...evaluationsOf(models)("students", "any", "eval"),
        ...(heldOut > 0 ? evaluationsOf(labellers)("students", "held out", teacherMode) : []),
        ...(made === "batch" ? [] : labelling.map((use) => ({ ...use, kind: "labelling" as const }))),
      ];
    }
  }
}

/** The steps of a kind: one for each network, labelling network and noise that models of a family have. */
const stepsOf =
  (config: Config) =>
  (kind: ProgramUse["kind"], by: Family, on: ProgramUse["on"]): ProgramUse[] => {
    const uses = modelsOf(config)
      .filter((name) => familyOf(name) === by)
      .map((name): ProgramUse => {
        const network = networkChoice(config, name);
        const taught = kind === "pseudo-labelled step" || kind === "joint step";
        const teacher = taught ? networkChoice(config, labellerOf(config, name)) : network;
        const batches = stepBatchesOf(config, name);
        return { kind, by, on, batches, network, teacher, noised: isNoised(config, name), mode: "train" };
      });
    const keys = uses.map(programKey);
    return uses.filter((_, index) => keys.indexOf(keys[index]!) === index);
  };

/** Equal for two uses whose programs are the same. */
const programKey = ({ kind, mode, noised, network, teacher, batches: { size, atOnce } }: ProgramUse): string =>
  [kind, mode, noised, sizeOf(network), sizeOf(teacher), size, atOnce].join(", ");

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
    case "joint step":
      return trainingStep(network, objectives.joint(teacher), optimiser);
    case "fixmatch step":
      return trainingStep(network, objectives.fixMatch, optimiser);
    case "labelling":
      return labelling(teacher, config.data.imageSize, mode, config.pseudoLabels.temperature);
  }
}

/** @throws UsageError where there is a threshold for each class, of other classes than the data set has */
function checkThresholds({ pseudoLabels: { threshold } }: Config, classes: number): void {
  if (threshold === null || typeof threshold === "number" || threshold.length === classes) return;
  throw new UsageError(
    `pseudoLabels.threshold: it lists ${threshold.length} thresholds, and the images are of ${classes} classes: give one for each, or one number`,
  );
}

/**
 * The kernels and shapes of a configuration's programs for full batches.
 * @throws UsageError where the settings give a size that no kernel takes
 */
export function kernelUsesOf(gpu: Gpu, config: Config, classes: number): KernelUse[] {
  checkThresholds(config, classes);
  const actorsOf = ({ noised, ...use }: ProgramUse): Actors => {
    const network = networkOf(config, classes, noised, use.network);
    const optimiser = optimiserOf(network, optimiserSettings(config));
    return { network, optimiser, teacher: networkOf(config, classes, false, use.teacher) };
  };
  const distinct = new Map(programsOf(config).map((use) => [programKey(use), use]));
  return [...distinct.values()].flatMap((use) => {
    const { size, atOnce, mend } = use.batches;
    try {
      const actors = actorsOf(use);
      const together = [actors.network.variables, actors.optimiser.variables];
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
