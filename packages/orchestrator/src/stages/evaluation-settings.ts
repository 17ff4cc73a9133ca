import type { EvaluationOptions } from "@fledge/training";
import { evaluationBatchesOf } from "./batches.ts";
import type { Session } from "./session.ts";

/** How every look at images with a trained model is loaded and batched, by the run's seed. */
export const evaluationSettings = ({
  config,
  cache,
  augmenter,
}: Pick<Session, "config" | "cache" | "augmenter">): Pick<
  EvaluationOptions,
  "cache" | "augmenter" | "seed" | "batchSize" | "workers"
> => ({
  cache,
  augmenter,
  seed: config.seed,
  batchSize: evaluationBatchesOf(config, "students").size,
  workers: config.loader.workers,
});
