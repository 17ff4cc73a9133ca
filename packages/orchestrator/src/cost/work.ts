import { labellerOf, networkChoice } from "../stages/networks.ts";
import { familyOf } from "../stages/batches.ts";
import type { ImagesOn } from "../stages/check-counts.ts";
import { plannedPhases, type PlannedPhase } from "../stages/planned-phases.ts";
import { lookOf, stepOf, type ProgramUse } from "../stages/programs.ts";
import { evaluationView, isRandom } from "../stages/views.ts";
import { generationsOf, modelsOf, reportedModels } from "../methods/models-of.ts";
import { noisyStudentOf, type EvaluationRecord, type ModelName } from "../run/records.ts";
import type { Config } from "../config/schema.ts";

/** Passes of one program over one set of images. */
export interface Work {
  /** Who is trained or evaluated, or labels. */
  readonly model: ModelName;
  readonly part: "training" | "validation" | "labelling" | "evaluation";
  /** The phase, the task, or the generation that is labelled for. */
  readonly of: string;
  readonly use: ProgramUse;
  /** Of one pass. */
  readonly images: number;
  readonly passes: number;
}

/** What a run holds already. */
export interface Done {
  readonly epochs: Readonly<Partial<Record<ModelName, number>>>;
  readonly evaluations: readonly Pick<EvaluationRecord, "model" | "task">[];
  /** Generations whose labels are written down, and those whose labels students can learn from. */
  readonly labelled: readonly number[];
  readonly stored: readonly number[];
}

export const nothingDone: Done = { epochs: {}, evaluations: [], labelled: [], stored: [] };

/** Which part of a run a command does. */
export interface Scope {
  /** Those that are trained; all by default. */
  readonly models?: readonly ModelName[];
  /** Whether all is labelled for the record, and evaluated. */
  readonly records: boolean;
}

/** The models that a part of a run trains. */
export const modelsIn = (config: Config, { models }: Scope): ModelName[] =>
  modelsOf(config).filter((model) => models?.includes(model) ?? true);

export const wholeRun: Scope = { records: true };

interface Given {
  readonly config: Config;
  readonly images: ImagesOn;
  readonly done: Done;
}

/** Labels that the labeller of a student gives in so many passes. */
function labelling({ config }: Given, student: ModelName, images: number, passes: number): Work {
  const model = labellerOf(config, student);
  const mode = config.pseudoLabels.teacherMode;
  const use = lookOf(config, networkChoice(config, model), { kind: "labelling", by: "students", on: "any", mode });
  return { model, part: "labelling", of: student, use, images, passes };
}

/** The look at validation images after each epoch: by the model, and where images are held out, by their labeller too. */
function validation(given: Given, model: ModelName, { kind }: PlannedPhase, passes: number): Work[] {
  const { config, images } = given;
  const by = familyOf(model);
  const look = (of: ModelName, on: ProgramUse["on"], mode: ProgramUse["mode"], count: number): Work => {
    const use = lookOf(config, networkChoice(config, of), { kind: "evaluation", by, on, mode });
    return { model: of, part: "validation", of: kind, use, images: count, passes };
  };
  if (kind === "pseudo-labelled step" && images["held out"] > 0)
    return [
      look(labellerOf(config, model), "held out", config.pseudoLabels.teacherMode, images["held out"]),
      look(model, "held out", "eval", images["held out"]),
    ];
  const own = model === "labelling-teacher" ? images["labeller's validation"] : images.validation;
  return [look(model, "any", "eval", own)];
}

/** The epochs of a model that are left: of each phase the labels made anew, the steps, and the validation. */
function training(given: Given, model: ModelName): Work[] {
  const { config, images, done } = given;
  let before = done.epochs[model] ?? 0;
  return plannedPhases(config, model).flatMap((phase): Work[] => {
    const passes = Math.max(0, phase.epochs - before);
    before = Math.max(0, before - phase.epochs);
    const taught = phase.kind === "pseudo-labelled step" || phase.kind === "joint step";
    const made = taught && config.pseudoLabels.made === "epoch";
    const pass = images[phase.on];
    const use = stepOf(config, model, phase);
    const labelled = phase.kind === "joint step" ? images.unlabelled + images["held out"] : pass;
    return [
      ...(made ? [labelling(given, model, labelled, passes)] : []),
      { model, part: "training", of: phase.kind, use, images: pass, passes },
      ...validation(given, model, phase, passes),
    ];
  });
}

/** All unlabelled images labelled for a generation: for its students, for the record, or once for both. */
function labelsOf(given: Given, generation: number, records: boolean): Work[] {
  const { config, images, done } = given;
  const student = noisyStudentOf(generation);
  const all = images.unlabelled + images["held out"];
  if (config.pseudoLabels.made === "generation")
    return [labelling(given, student, all, Number(!done.stored.includes(generation)))];
  if (!records) return [];
  const model = labellerOf(config, student);
  const look = { kind: "evaluation", by: "students", on: "any", mode: "eval" } as const;
  const use = lookOf(config, networkChoice(config, model), look);
  const passes = Number(!done.labelled.includes(generation));
  return [{ model, part: "labelling", of: student, use, images: all, passes }];
}

/** A model on the test images: table 2 and table 3. */
function evaluation({ config, images, done }: Given, model: ModelName, task: EvaluationRecord["task"]): Work {
  const known = done.evaluations.some((one) => one.model === model && one.task === task);
  // RandAugment is random in every view.
  const repeats = task === "robustness" || isRandom(evaluationView(config)) ? config.evaluation.repeats : 1;
  const look = { kind: "evaluation", by: "students", on: "any", mode: "eval" } as const;
  const use = lookOf(config, networkChoice(config, model), look);
  return { model, part: "evaluation", of: task, use, images: images.test, passes: known ? 0 : repeats };
}

/**
 * What a run computes, in order; with what it holds already, what it has left. Passes may be 0: of what is done, or is
 * never done.
 */
export function workOf(config: Config, images: ImagesOn, done = nothingDone, scope = wholeRun): Work[] {
  const given = { config, images, done };
  const trained = modelsIn(config, scope);
  const generationOfStudent = (model: ModelName): number =>
    generationsOf(config).find((generation) => noisyStudentOf(generation) === model) ?? 1;
  const labelled = new Set<number>();
  const work: Work[] = [];
  for (const model of trained) {
    const generation = generationOfStudent(model);
    const taught = config.method === "noisy-student-lite" && familyOf(model) === "students";
    if (taught && !labelled.has(generation)) {
      labelled.add(generation);
      work.push(...labelsOf(given, generation, scope.records));
    }
    work.push(...training(given, model));
  }
  if (!scope.records) return work;
  const tasks = ["target", "robustness"] as const;
  return [...work, ...tasks.flatMap((task) => reportedModels(config).map((model) => evaluation(given, model, task)))];
}
