import type { Config } from "../config/schema.ts";
import { evaluationView, randAugmented } from "../stages/views.ts";
import { isModelName } from "../run/records.ts";
import { accuraciesOf, evaluateModel } from "../stages/evaluate-models.ts";
import { meanOf, type Family } from "./family.ts";
import { inOwnOrder } from "./test-images.ts";

/** The paper's own measure, table 3: RandAugment on the test images, several seeded times. */
export function randAugment(config: Config): Family {
  const view = randAugmented(evaluationView(config), config, config.evaluation.randAugmentOrder);
  const { seed, evaluation } = config;
  return {
    name: "randaugment",
    title: "RandAugment (the paper's, table 3)",
    cases: [
      {
        name: "paper",
        series: "randaugment",
        at: null,
        cost: evaluation.repeats,
        settings: { view, seed, repeats: evaluation.repeats },
        async measure({ session, subject, ...taken }) {
          const { name, model } = subject;
          // On all images this is table 3, which the run's results hold.
          const inTable = isModelName(name) && session.config.robustness.images === null;
          const { mean, deviation } = inTable
            ? await evaluateModel(session, "robustness", name, model, inOwnOrder(taken), view)
            : await accuraciesOf(session, model, taken.dataset, view);
          return { values: { accuracy: mean, deviation } };
        },
      },
    ],
    headlines(measured) {
      const accuracy = meanOf(measured, ["paper"], "accuracy");
      return accuracy === undefined ? [] : [{ name: "accuracy", value: accuracy, unit: "share" }];
    },
  };
}
