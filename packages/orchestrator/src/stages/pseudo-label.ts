import type { Dataset } from "@fledge/data";
import { evaluate, type Model } from "@fledge/training";
import { evaluationBatchesOf } from "./programs.ts";
import { csvCell } from "../report/csv-cell.ts";
import { percent } from "../report/percent.ts";
import type { Session } from "./session.ts";
import { cleanView } from "./views.ts";

/**
 * Labels a data set with a teacher in eval mode on clean views and writes `pseudo-labels.csv`: the image, the class
 * and its probability, and the data set's own class, which no training sees. The share that agree goes to the run's
 * results. Labels that are there already stay.
 */
export async function pseudoLabel(session: Session, teacher: Model, dataset: Dataset): Promise<void> {
  const { config, run, cache, reporter } = session;
  const before = (await run.results())?.pseudoLabelAccuracy;
  if (before !== undefined) {
    reporter.note(`the unlabelled images have their labels already; ${percent(before)} are as the data set's own`);
    return;
  }
  const labelled = await evaluate(teacher, {
    dataset,
    cache,
    repeat: 0,
    view: cleanView(config),
    seed: config.seed,
    batchSize: evaluationBatchesOf(config, "students").size,
    workers: config.loader.workers,
  });
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
  reporter.note(`the teacher labelled ${labelled.images} images; ${percent(labelled.accuracy)} as the data set does`);
}
