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
import { requirePrecision } from "./precision.ts";
import { plannedPhases, type PlannedPhase } from "./planned-phases.ts";
import { optimiserSettings } from "./optimiser.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";

/** A program that a configuration runs. */
export interface ProgramUse {
  readonly kind: PlannedPhase["kind"] | "evaluation" | "labelling";
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
  readonly on: PlannedPhase["on"] | "held out" | "any";
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
export const epochsOf = (config: Config, name: ModelName): number =>
  plannedPhases(config, name).reduce((sum, { epochs }) => sum + epochs, 0);

/** The step of a model in a phase. */
export function stepOf(config: Config, name: ModelName, { kind, on }: Pick<PlannedPhase, "kind" | "on">): ProgramUse {
  const network = networkChoice(config, name);
  const taught = kind === "pseudo-labelled step" || kind === "joint step";
  const teacher = taught ? networkChoice(config, labellerOf(config, name)) : network;
  const batches = stepBatchesOf(config, name);
  return { kind, by: familyOf(name), on, batches, network, teacher, noised: isNoised(config, name), mode: "train" };
}

/** How a network's images are evaluated, or labelled, in batches of a family's size. */
export const lookOf = (
  config: Config,
  network: NetworkChoice,
  { kind, by, on, mode }: Pick<ProgramUse, "by" | "on" | "mode"> & { readonly kind: "evaluation" | "labelling" },
): ProgramUse => {
  const batches = evaluationBatchesOf(config, by);
  return { kind, by, on, batches, network, teacher: network, noised: false, mode };
};

/** Every program that a configuration runs on full batches: whoever compiles, tunes, explains or checks them asks here. */
export function programsOf(config: Config): ProgramUse[] {
  const { heldOut, teacherMode, made } = config.pseudoLabels;
  const models = modelsOf(config);
  const students = models.filter((name) => familyOf(name) === "students");
  const looksOf =
    (names: readonly ModelName[]) =>
    (...[kind, by, on, mode]: [Parameters<typeof lookOf>[2]["kind"], Family, ProgramUse["on"], Mode]): ProgramUse[] =>
      ofDistinctSize(names.map((name) => networkChoice(config, name))).map((network) =>
        lookOf(config, network, { kind, by, on, mode }),
      );
  const steps = stepsOf(config);
  if (config.method !== "noisy-student-lite")
    return [...steps, ...looksOf(students)("evaluation", "students", "any", "eval")];
  const looksOfLabellers = looksOf(students.map((name) => labellerOf(config, name)));
  return [
    ...steps,
    ...looksOf(["teacher"])("evaluation", "teachers", "any", "eval"),
    // Tables and records show the teachers' batches of the students' size, too.
    ...looksOf(models)("evaluation", "students", "any", "eval"),
    ...(heldOut > 0 ? looksOfLabellers("evaluation", "students", "held out", teacherMode) : []),
    ...(made === "batch" ? [] : looksOfLabellers("labelling", "students", "any", teacherMode)),
  ];
}

/** Every step, phase after phase: one for each network, labelling network and noise that the phase's models have. */
function stepsOf(config: Config): ProgramUse[] {
  const steps = modelsOf(config).flatMap((name) =>
    plannedPhases(config, name).map((phase) => stepOf(config, name, phase)),
  );
  const phaseOf = ({ kind, by, on }: ProgramUse): string => [kind, by, on].join(", ");
  return [...new Set(steps.map(phaseOf))].flatMap((phase) => {
    const uses = steps.filter((step) => phaseOf(step) === phase);
    const keys = uses.map(programKey);
    return uses.filter((_, index) => keys.indexOf(keys[index]!) === index);
  });
}

/** Equal for two uses whose programs are the same. */
export const programKey = ({ kind, mode, noised, network, teacher, batches: { size, atOnce } }: ProgramUse): string =>
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
  const { precision } = config.training;
  switch (kind) {
    case "evaluation":
      return prediction(network, renderedImages(config.data.imageSize), mode);
    case "labelled step":
      return trainingStep(network, objectives.labelled, optimiser, { precision });
    case "pseudo-labelled step":
      return trainingStep(network, objectives.byTeacher(teacher), optimiser, { precision });
    case "joint step":
      return trainingStep(network, objectives.joint(teacher), optimiser, { precision });
    case "fixmatch step":
      return trainingStep(network, objectives.fixMatch, optimiser, { precision });
    case "labelling":
      return labelling(teacher, config.data.imageSize, mode, config.pseudoLabels.temperature);
  }
}

/** Whom a program's computation is by, not placed yet. */
export function actorsOf({ noised, ...use }: ProgramUse, config: Config, classes: number): Actors {
  const network = networkOf(config, classes, noised, use.network);
  const optimiser = optimiserOf(network, optimiserSettings(config));
  return { network, optimiser, teacher: networkOf(config, classes, false, use.teacher) };
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
 * @throws UsageError where the settings give a size that no kernel takes, or the adapter lacks their precision
 */
export function kernelUsesOf(gpu: Gpu, config: Config, classes: number): KernelUse[] {
  requirePrecision(gpu, config);
  checkThresholds(config, classes);
  const distinct = new Map(programsOf(config).map((use) => [programKey(use), use]));
  return [...distinct.values()].flatMap((use) => {
    const { size, atOnce, mend } = use.batches;
    try {
      const actors = actorsOf(use, config, classes);
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
