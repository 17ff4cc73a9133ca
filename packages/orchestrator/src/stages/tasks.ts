import type { Config } from "../config/schema.ts";
import type { EvaluationRecord } from "../run/records.ts";
import type { PaperData } from "./paper-data.ts";
import { evaluateModels, type Models } from "./evaluate-models.ts";
import type { Session } from "./session.ts";
import { reportedSplit } from "./split.ts";
import { evaluationView, randAugmented } from "./views.ts";

/** The test images, and what a task shows of them. */
export function taskImages(config: Config, data: PaperData, task: EvaluationRecord["task"]) {
  const { test } = reportedSplit(config, data.labelled);
  const shown = evaluationView(config);
  const view = task === "target" ? shown : randAugmented(shown, config, config.evaluation.randAugmentOrder);
  return { test, view };
}

/** What every method's models are evaluated on. */
export function tasks(session: Session, data: PaperData) {
  const of = (task: EvaluationRecord["task"], models: Models): Promise<void> => {
    const { test, view } = taskImages(session.config, data, task);
    return evaluateModels(session, task, models, test, view);
  };
  return {
    /** "Test accuracies were computed by averaging across five different runs on the same test set": table 2. */
    target: (models: Models): Promise<void> => of("target", models),

    /** "To evaluate robustness to noise, I applied RandAugment to the labeled data": table 3. */
    robustness: (models: Models): Promise<void> => of("robustness", models),
  };
}
