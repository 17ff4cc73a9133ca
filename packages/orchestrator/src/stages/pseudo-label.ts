import type { Dataset } from "@fledge/data";
import { evaluate, type Evaluation, type Model } from "@fledge/training";
import { evaluationBatchesOf } from "./programs.ts";
import { csvCell } from "../report/csv-cell.ts";
import { percent } from "../report/percent.ts";
import type { Session } from "./session.ts";
import { labelsOfGeneration } from "./stored-labels.ts";
import { cleanView } from "./views.ts";

/** Classes and their probabilities by sample, and the share of classes that are the data set's own. */
type Labelled = Pick<Evaluation, "classes" | "probabilities" | "accuracy">;

/** What the students are taught, where that was made once; else what the teacher says on clean views, for the record. */
async function labelsOnce(session: Session, teacher: Model, dataset: Dataset): Promise<Labelled> {
  const { config, cache } = session;
  if (config.pseudoLabels.made === "generation") {
    const { classes, confidences } = await labelsOfGeneration(session, teacher, dataset);
    const agreeing = dataset.samples.filter(({ label }, row) => label === classes[row]).length;
    return { classes, probabilities: confidences, accuracy: agreeing / dataset.samples.length };
  }
  return evaluate(teacher, {
    dataset,
    cache,
    repeat: 0,
    view: cleanView(config),
    seed: config.seed,
    batchSize: evaluationBatchesOf(config, "students").size,
    workers: config.loader.workers,
  });
}

/**
 * Labels a data set with a teacher in eval mode on clean views and writes `pseudo-labels.csv`: the image, the class
 * and its probability, and the data set's own class, which no training sees. The share that agree goes to the run's
 * results. Labels that are there already stay.
 */
export async function pseudoLabel(session: Session, teacher: Model, dataset: Dataset): Promise<void> {
  const { run, reporter } = session;
  const before = (await run.results())?.pseudoLabelAccuracy;
  if (before !== undefined) {
    reporter.note(`the unlabelled images have their labels already; ${percent(before)} are as the data set's own`);
    return;
  }
  const labelled = await labelsOnce(session, teacher, dataset);
  const rows = dataset.samples.map(({ path, label }, index) => {
    const predicted = labelled.classes[index]!;
    const cells = [
      path,
      dataset.classes[predicted]!,
      labelled.probabilities[index]!.toFixed(4),
      dataset.classes[label]!,
    ];
    return cells.map(csvCell).join(",");
  });
  await run.write("pseudo-labels.csv", `${["image,pseudo_label,probability,own_label", ...rows].join("\n")}\n`);
  await run.addResults({ pseudoLabelAccuracy: labelled.accuracy });
  reporter.note(
    `the teacher labelled ${dataset.samples.length} images; ${percent(labelled.accuracy)} as the data set does`,
  );
}
