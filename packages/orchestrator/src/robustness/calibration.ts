import { calibration as calibrationOf, confusion, evaluateLogits, probabilitiesOf, topK } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { evaluationBatchesOf } from "../stages/batches.ts";
import { cleanView } from "../stages/views.ts";
import type { Family, Headline, Measurement, Measuring } from "./family.ts";

async function measureCalibration({ session, subject, dataset }: Measuring, config: Config): Promise<Measurement> {
  const { robustness, loader } = config;
  const { logits, labels } = await evaluateLogits(subject.model, {
    dataset,
    view: cleanView(config),
    seed: robustness.seed,
    repeat: 0,
    batchSize: evaluationBatchesOf(config, "students").size,
    workers: loader.workers,
    cache: session.cache,
  });
  const classes = dataset.classes.length;
  const { ece, maximumGap, brier, nll, ...bins } = calibrationOf(
    probabilitiesOf(logits, classes),
    labels,
    robustness.calibration.bins,
  );
  const { rank, accuracy } = topK(logits, labels, [1, 5]);
  const predictions = rankedFirst(logits, classes);
  const { macroAccuracy, perClassAccuracy, support } = confusion(predictions, labels, classes);
  return {
    values: { accuracy: accuracy[0]!, top5: accuracy[1]!, macroAccuracy, ece, maximumGap, brier, nll },
    lists: {
      binCount: [...bins.binCount],
      binAccuracy: [...bins.binAccuracy],
      binConfidence: [...bins.binConfidence],
      perClassAccuracy: [...perClassAccuracy],
      support: [...support],
    },
    correct: Array.from(rank, (place) => (place === 0 ? "1" : "0")).join(""),
  };
}

/** The first of each row's largest. */
const rankedFirst = (logits: Float32Array, classes: number): Int32Array =>
  Int32Array.from({ length: logits.length / classes }, (_, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(own.reduce((most, value) => Math.max(most, value), -Infinity));
  });

const headlines = { ece: ["expected calibration error", "share"], top5: ["top-5 accuracy", "share"] } as const;

/** How far the model's confidences may be believed (Guo et al. 2017), its top-5 accuracy, and its accuracy by class. */
export function calibration(config: Config): Family {
  const settings = { view: cleanView(config), bins: config.robustness.calibration.bins };
  return {
    name: "calibration",
    title: "Calibration and classes (clean images)",
    cases: [
      {
        name: "clean",
        series: "calibration",
        at: null,
        settings,
        measure: (measuring) => measureCalibration(measuring, config),
      },
    ],
    headlines(measured) {
      const values = measured.get("clean")?.values;
      if (!values) return [];
      return [
        ...Object.entries(headlines).map(([key, [name, unit]]): Headline => ({ name, value: values[key]!, unit })),
        { name: "mean accuracy of the classes", value: values["macroAccuracy"]!, unit: "share" },
        { name: "negative log-likelihood", value: values["nll"]!, unit: "number" },
      ];
    },
  };
}
