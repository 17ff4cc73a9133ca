import type { Dataset } from "@fledge/data";
import { evaluate, type Evaluation } from "@fledge/training";
import { evaluationSettings } from "./evaluation-settings.ts";
import { csvCell } from "../report/csv-cell.ts";
import { percent } from "../report/percent.ts";
import { ofGeneration, pseudoLabelAccuracyOf } from "../run/records.ts";
import { withoutForeignLabels } from "./known-classes.ts";
import type { Labeller } from "./phases.ts";
import type { Session } from "./session.ts";
import { labelsOfGeneration } from "./stored-labels.ts";
import { cleanView } from "./views.ts";

/** Classes and their probabilities by sample. */
type Labelled = Pick<Evaluation, "classes" | "probabilities">;

/** What the students are taught, where that was made once; else what the teacher says on clean views, for the record. */
async function labelsOnce(
  session: Session,
  { model: teacher, generation }: Labeller,
  dataset: Dataset,
): Promise<Labelled> {
  const { config } = session;
  if (config.pseudoLabels.made === "generation") {
    const { classes, confidences } = await labelsOfGeneration(session, generation, teacher, dataset);
    return { classes, probabilities: confidences };
  }
  return evaluate(teacher, {
    ...evaluationSettings(session),
    dataset: withoutForeignLabels(dataset, session.classes),
    repeat: 0,
    view: cleanView(config),
    onImages: session.reporter.looking("labelling", dataset.samples.length),
  });
}

/**
 * Labels a data set with a generation's teacher in eval mode on clean views and writes `pseudo-labels.csv`, of later
 * generations `pseudo-labels-2.csv` and so on: the image, the class and its probability, and the data set's own class,
 * which no training sees; empty where nobody tells it. The share that agree goes to the run's results. Labels that are
 * there already stay.
 */
export async function pseudoLabel(session: Session, teacher: Labeller, dataset: Dataset): Promise<void> {
  const { run, reporter } = session;
  const { generation } = teacher;
  const of = generation === 1 ? "" : ` of generation ${generation}`;
  const results = await run.results();
  const before = pseudoLabelAccuracyOf(results, generation);
  if (before !== undefined) {
    const right = before === null ? "" : `; ${percent(before)} are as the data set's own`;
    reporter.note(`the unlabelled images have their labels${of} already${right}`);
    return;
  }
  const labelled = await labelsOnce(session, teacher, dataset);
  const rows = dataset.samples.map(({ path, label }, index) => {
    const predicted = labelled.classes[index]!;
    const cells = [
      path,
      dataset.classes[predicted]!,
      labelled.probabilities[index]!.toFixed(4),
      dataset.unlabelled ? "" : dataset.classes[label]!,
    ];
    return cells.map(csvCell).join(",");
  });
  await run.write(
    ofGeneration("pseudo-labels.csv", generation),
    `${["image,pseudo_label,probability,own_label", ...rows].join("\n")}\n`,
  );
  const agreeing = dataset.samples.filter(({ label }, row) => label === labelled.classes[row]).length;
  const accuracy = dataset.unlabelled ? null : agreeing / dataset.samples.length;
  const later = { ...results?.laterPseudoLabelAccuracies, [generation]: accuracy };
  await run.addResults(generation === 1 ? { pseudoLabelAccuracy: accuracy } : { laterPseudoLabelAccuracies: later });
  const right = accuracy === null ? "" : `; ${percent(accuracy)} as the data set does`;
  reporter.note(`the teacher${of} labelled ${dataset.samples.length} images${right}`);
}
