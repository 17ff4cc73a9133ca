import type { EvaluationOptions } from "@fledge/training";
import { evaluationBatchesOf } from "./batches.ts";
import type { Session } from "./session.ts";

/** How every look at images with a trained model is loaded and batched, by the run's seed. */
export const evaluationSettings = ({
  config,
  cache,
}: Pick<Session, "config" | "cache">): Pick<EvaluationOptions, "cache" | "seed" | "batchSize" | "workers"> => ({
  cache,
  seed: config.seed,
  batchSize: evaluationBatchesOf(config, "students").size,
  workers: config.loader.workers,
});
