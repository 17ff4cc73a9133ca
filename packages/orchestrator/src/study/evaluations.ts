import { benchmarkCorruptions } from "@fledge/corruptions";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { chooseCases, type Chosen } from "../robustness/choose-cases.ts";
import { familiesOf } from "../robustness/families.ts";
import { meanOf, type Measured } from "../robustness/family.ts";
import { measuredOf, type RobustnessRecord } from "../robustness/records.ts";

/** A number that a study compares its models by. */
export interface Measure {
  readonly title: string;
  readonly better: "more" | "less";
}

interface Evaluation extends Measure {
  /** Of what is known of a model in the family, from the cases that were asked for; undefined where one is missing. */
  readonly valueOf: (measured: Measured, cases: readonly string[]) => number | undefined;
}

const accuracies = (measured: Measured, cases: readonly string[]): number | undefined =>
  meanOf(measured, cases, "accuracy");

/** The share of images that hold out against every one of some attacks. */
function holdingOut(measured: Measured, cases: readonly string[]): number | undefined {
  const rows = cases.map((name) => measured.get(name)?.correct);
  const [first] = rows;
  if (first === undefined || first.length === 0 || rows.some((row) => row?.length !== first.length)) return undefined;
  return Array.from(first).filter((_, image) => rows.every((row) => row![image] === "1")).length / first.length;
}

/** What a study takes of each family of `fledge robustness`, one number for each evaluation that it asks for. */
const families: Readonly<Record<string, Evaluation>> = {
  clean: { title: "Accuracy on centre crops", better: "more", valueOf: accuracies },
  randaugment: { title: "Accuracy on RandAugmented images", better: "more", valueOf: accuracies },
  corruptions: { title: "Mean accuracy on corrupted images", better: "more", valueOf: accuracies },
  perturbations: {
    title: "Flip probability along perturbed frames",
    better: "less",
    valueOf: (measured, cases) => meanOf(measured, cases, "flipProbability"),
  },
  attacks: { title: "Accuracy under adversarial attack", better: "more", valueOf: holdingOut },
  calibration: {
    title: "Expected calibration error",
    better: "less",
    valueOf: (measured, cases) => meanOf(measured, cases, "ece"),
  },
};

const tasks: Readonly<Record<string, Measure>> = {
  target: { title: "Target task: accuracy on clean test images", better: "more" },
  robustness: { title: "Robustness task: accuracy on RandAugmented test images", better: "more" },
};

const familyOf = (evaluation: string): string => evaluation.split("/")[0]!;

/** A measure by its name: a task of the paper, or an evaluation that a study asks for. */
export function measureOf(name: string): Measure {
  const task = tasks[name];
  if (task) return task;
  const { title, better } = families[familyOf(name)]!;
  return { title: name === familyOf(name) ? title : `${title} (${name})`, better };
}

/** The cases of `fledge robustness` that an evaluation takes, with those that they begin from. @throws UsageError */
const casesOf = (config: Config, evaluation: string): Chosen[] => chooseCases(familiesOf(config), [evaluation]);

/** @throws UsageError where a study asks for an evaluation that there is not */
export function checkEvaluations(config: Config, evaluations: readonly string[]): void {
  for (const evaluation of evaluations) {
    try {
      casesOf(config, evaluation);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw new UsageError(`evaluations: ${error.message.replace("--only ", "")}`, { cause: error });
    }
  }
}

/** Whether a case counts in its evaluation's number: clean images and the corruptions that ImageNet-C holds back do not. */
function counts(evaluation: string, { family, one }: Chosen): boolean {
  const path = `${family.name}/${one.name}`;
  if (evaluation !== family.name) return path === evaluation || path.startsWith(`${evaluation}/`);
  return family.name !== "corruptions" || benchmarkCorruptions.some((kind) => kind === one.series);
}

/** What an evaluation gives for a model; undefined before all of it is measured. */
export function evaluationOf(
  config: Config,
  evaluation: string,
  model: string,
  records: readonly RobustnessRecord[],
): number | undefined {
  const family = familyOf(evaluation);
  const cases = casesOf(config, evaluation).filter((chosen) => counts(evaluation, chosen));
  return families[family]!.valueOf(
    measuredOf(records, model, family),
    cases.map(({ one }) => one.name),
  );
}

/** The flags by which `fledge robustness` measures just these. */
export const onlyFlags = (evaluations: readonly string[]): string[] =>
  evaluations.flatMap((evaluation) => ["--only", evaluation]);
