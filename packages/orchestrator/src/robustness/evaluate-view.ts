import type { View } from "@fledge/data";
import { evaluate } from "@fledge/training";
import { evaluationBatchesOf } from "../stages/batches.ts";
import type { Measuring } from "./family.ts";

/** The images that are looked at through the model as a view shows them; what is random about it is drawn by `robustness.seed`. */
export function evaluateView(
  { session: { config, cache }, subject, dataset }: Measuring,
  view: View,
): ReturnType<typeof evaluate> {
  return evaluate(subject.model, {
    dataset,
    view,
    cache,
    repeat: 0,
    seed: config.robustness.seed,
    batchSize: evaluationBatchesOf(config, "students").size,
    workers: config.loader.workers,
  });
}
