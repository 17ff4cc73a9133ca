import type { Dataset, View } from "@fledge/data";
import {
  chosenImages,
  filterBalance,
  labelImages,
  labelsAt,
  topKPerClass,
  type Model,
  type PseudoLabels,
  type Selection,
} from "@fledge/training";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { csvCell } from "../report/csv-cell.ts";
import { keepPseudoLabels, keptPseudoLabels } from "../run/pseudo-label-file.ts";
import { ofGeneration } from "../run/records.ts";
import { evaluationSettings } from "./evaluation-settings.ts";
import type { Session } from "./session.ts";
import { cleanView } from "./views.ts";

/** Soft targets and scores for every class want the probabilities of all. */
const wantsAll = ({ pseudoLabels: { targets, select } }: Config): boolean =>
  targets === "soft" || select?.rule === "top-k";

/** Images under the classes that a model may answer with: foreign ones have no probabilities. */
const answered = ({ classes }: Session, dataset: Dataset): Dataset => ({
  ...dataset,
  classes: dataset.classes.slice(0, classes),
});

function labelled(
  session: Session,
  teacher: Model,
  dataset: Dataset,
  view: View,
  repeat: number,
): Promise<PseudoLabels> {
  return labelImages(teacher, {
    ...evaluationSettings(session),
    dataset: answered(session, dataset),
    view,
    repeat,
    temperature: session.config.pseudoLabels.temperature,
    soft: wantsAll(session.config),
    onImages: session.reporter.looking("labelling", dataset.samples.length),
  });
}

/** Labels made anew before each epoch. @param view what the teacher sees: in each epoch the pixels of that epoch */
export const epochLabels =
  (session: Session, teacher: Model, dataset: Dataset, view: View) =>
  (epoch: number): Promise<PseudoLabels> =>
    labelled(session, teacher, dataset, view, epoch);

/** A generation's labels of all unlabelled images on their clean views, made once: those that the run holds, or the teacher's. */
export async function labelsOfGeneration(
  session: Session,
  generation: number,
  teacher: Model,
  unlabelled: Dataset,
): Promise<PseudoLabels> {
  const { run, config, reporter } = session;
  const made = {
    generation,
    dataset: answered(session, unlabelled),
    temperature: config.pseudoLabels.temperature,
    soft: wantsAll(config),
  };
  const kept = await keptPseudoLabels(run, made);
  if (kept) return kept;
  const labels = await labelled(session, teacher, unlabelled, cleanView(config), 0);
  await keepPseudoLabels(run, labels, made);
  reporter.note(
    `the teacher labelled ${unlabelled.samples.length} images, once for the students of ${config.generations.count > 1 ? `generation ${generation}` : "this run"}`,
  );
  return labels;
}

function selectionOf({ pseudoLabels: { select } }: Config, labels: PseudoLabels, classes: number): Selection | null {
  if (select === null) return null;
  if (select.rule === "top-k") return topKPerClass(labels.probabilities!, { classes, ...select });
  return filterBalance(labels.classes, labels.confidences, { classes, ...select });
}

/** `chosen-images.csv`: each chosen image with what it is taught, how sure the teacher is of that, and its copies. */
function chosenCsv({ samples, classes }: Dataset, labels: PseudoLabels, selection: Selection): string {
  const rows = Array.from(selection.indices, (index, row) => {
    const label = selection.labels[row]!;
    const sure = labels.probabilities?.[index * classes.length + label] ?? labels.confidences[index]!;
    const cells = [samples[index]!.path, classes[label]!, sure.toFixed(4), String(selection.copies[row]!)];
    return cells.map(csvCell).join(",");
  });
  return `${["image,pseudo_label,probability,copies", ...rows].join("\n")}\n`;
}

/**
 * What a student is taught by labels made once for its generation: `dataset`'s images, or those that are chosen among them.
 * @throws UsageError where none is chosen
 */
export async function generationLabels(
  session: Session,
  generation: number,
  teacher: Model,
  unlabelled: Dataset,
  dataset: Dataset,
): Promise<{ readonly dataset: Dataset; readonly labels: PseudoLabels }> {
  const { config, run } = session;
  const all = await labelsOfGeneration(session, generation, teacher, unlabelled);
  const rowOf = new Map(unlabelled.samples.map(({ path }, row) => [path, row]));
  const labels = labelsAt(
    all,
    dataset.samples.map(({ path }) => rowOf.get(path)!),
  );
  const selection = selectionOf(config, labels, session.classes);
  if (!selection) return { dataset, labels };
  if (selection.indices.length === 0)
    throw new UsageError(
      "pseudoLabels.select: no image is chosen: the teacher is not sure enough of any; give a lower minimum",
    );
  const csv = chosenCsv(dataset, labels, selection);
  const file = ofGeneration("chosen-images.csv", generation);
  if ((await run.read(file)) !== csv) await run.write(file, csv);
  return chosenImages({ dataset, labels }, selection);
}
