import type { PaperData } from "./paper-data.ts";
import { evaluateModels, type Models } from "./evaluate-models.ts";
import type { Session } from "./session.ts";
import { reportedSplit } from "./split.ts";
import { evaluationView, randAugmented } from "./views.ts";

/** What every method's models are evaluated on. */
export function tasks(session: Session, data: PaperData) {
  const { config } = session;
  const { test } = reportedSplit(config, data.labelled);
  const shown = evaluationView(config);
  return {
    /** "Test accuracies were computed by averaging across five different runs on the same test set": table 2. */
    target: (models: Models): Promise<void> => evaluateModels(session, "target", models, test, shown),

    /** "To evaluate robustness to noise, I applied RandAugment to the labeled data": table 3. */
    robustness: (models: Models): Promise<void> => {
      const view = randAugmented(shown, config, config.evaluation.randAugmentOrder);
      return evaluateModels(session, "robustness", models, test, view);
    },
  };
}
