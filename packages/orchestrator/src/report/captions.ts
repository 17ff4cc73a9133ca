import type { Config } from "../config/schema.ts";
import { generationsOf } from "../methods/models-of.ts";
import { noisyStudentOf, pseudoLabelAccuracyOf, type ResultsRecord } from "../run/records.ts";
import { networkChoice, sizeOf } from "../stages/networks.ts";
import { percent } from "./percent.ts";
import type { TableRow } from "./tables.ts";

/** What stands below table 2 and 3: how often and on how many images the models were evaluated. */
export function tableCaption({ evaluations, images }: TableRow): string {
  if (evaluations === 1) return `Test: one evaluation of ${images} images.`;
  return `Test: mean ± standard deviation of ${evaluations} seeded evaluations of ${images} images.`;
}

/** Where the student's best validation accuracy is no share of true labels; empty elsewhere. */
export function studentValidationNote(
  { pseudoLabels, epochs }: Config,
  { bestValidation: { student } }: ResultsRecord,
): string {
  if (!student || pseudoLabels.heldOut === 0 || student.epoch >= epochs.pseudoLabelled) return "";
  return ` The student's validation accuracy was reached in epoch ${student.epoch + 1}, on held-out unlabelled images against the teacher's labels.`;
}

/** How right the labels are. @param agreeing null where nobody tells the images' classes */
export function pseudoLabelCaption({ pseudoLabels }: Config, agreeing: number | null): string {
  const who = pseudoLabels.from === "teacher" ? "The teacher" : "The labelling teacher, trained on a split of its own,";
  if (agreeing === null)
    return `${who} has labelled the unlabelled images. How many of its labels are right is not known: nothing tells these images' classes.`;
  const record = `${who} gives ${percent(agreeing)} of the unlabelled images the data set's own class (in eval mode, on centre crops).`;
  const differs = [
    ...(pseudoLabels.view === "student" ? ["on the student's random crops"] : []),
    ...(pseudoLabels.teacherMode === "train" ? ["with BatchNorm on each batch's statistics"] : []),
  ];
  return differs.length === 0
    ? record
    : `${record} In training it labelled ${differs.join(", ")}: metrics.jsonl has the share of each epoch.`;
}

/** How right later generations' labels are, a sentence for each; empty where there are none. */
export const laterLabelsCaption = (config: Config, results: ResultsRecord): string =>
  generationsOf(config)
    .slice(1)
    .flatMap((generation) => {
      const agreeing = pseudoLabelAccuracyOf(results, generation);
      if (agreeing === undefined || agreeing === null) return [];
      return [
        ` The teacher of generation ${generation}, the noisy student before it, gives ${percent(agreeing)} of them that class.`,
      ];
    })
    .join("");

/** The networks that are not the teacher's, in a sentence; empty where all are. */
export function networksNote(config: Config): string {
  const own = generationsOf(config).flatMap((generation) => {
    const choice = networkChoice(config, noisyStudentOf(generation));
    return choice.generation === null ? [] : [`of generation ${generation} a ${sizeOf(choice)}`];
  });
  return own.length === 0 ? "" : ` The students' networks are their own: ${own.join(", ")}.`;
}

/** Which images the noisy student meets augmented. */
export const noisedImages = ({ student }: Config): string =>
  student.noiseOnUnlabelled ? "labelled and the unlabelled images" : "labelled images";

export function figure2Caption({ randAugment: { library, order } }: Config): string {
  const augment = `${library}'s RandAugment`;
  const steps = order === "before-crop" ? `${augment}, then a random crop` : `a random crop, then ${augment}`;
  return `What the noisy student trains on: ${steps}; mirroring is left out here.`;
}

export function figure3Caption({ method, student, pseudoLabels, epochs }: Config): string {
  if (method === "fixmatch") return "On labelled validation images, as they are evaluated.";
  if (method === "supervised-noise") return "On labelled validation images, RandAugmented.";
  const labelled = "labelled validation images; the noisy student's are RandAugmented.";
  if (student.objective === "joint") return `On ${labelled} The students learn from both sets in every step.`;
  if (epochs.pseudoLabelled === 0) return `On ${labelled}`;
  const line = "The dashed line marks where the students go over from the teacher's labels to true ones";
  if (pseudoLabels.heldOut === 0) return `On ${labelled} ${line}.`;
  return `${line}: before it they are validated on held-out unlabelled images against the teacher's labels, after it on ${labelled} The teacher is validated on labelled images throughout.`;
}
