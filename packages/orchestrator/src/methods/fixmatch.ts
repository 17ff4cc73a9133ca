import type { Models } from "../stages/evaluate-models.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { phasesOf } from "../stages/phases.ts";
import type { Session } from "../stages/session.ts";
import { reportedSplit } from "../stages/split.ts";
import { trainModel } from "../stages/train-model.ts";
import { evaluationView, randAugmented, trainView } from "../stages/views.ts";

/**
 * FixMatch (Sohn et al. 2020, arXiv 2001.07685, algorithm 1), for as many epochs as the noisy student trains, each a
 * pass over the unlabelled images:
 *
 * 1. Input: labelled batch X of B images, unlabelled batch U of mu B, confidence threshold tau, loss weight lambda_u.
 * 2. l_s = mean over X of H(label, p(weak view)): "cross-entropy loss for labeled data".
 * 3. For each image of U: the model's own prediction q on its weak view, and the pseudo-label argmax q.
 * 4. l_u = mean over U of [max q >= tau] H(argmax q, p(strong view)): "cross-entropy loss with pseudo-label and
 *    confidence for unlabeled data". No gradient goes through q.
 * 5. The step goes down l_s + lambda_u l_u.
 *
 * Weak views are a random crop and a flip, strong ones have RandAugment besides. There is no teacher: the model labels
 * for itself in every step, in train mode, as it has come so far.
 */
export async function fixMatch(session: Session, data: PaperData): Promise<Models> {
  const { config } = session;
  const split = reportedSplit(config, data.labelled);
  const weak = trainView(config);
  const strong = randAugmented(weak, config);
  const phases = phasesOf(session, data.unlabelled);
  const model = await trainModel(session, "fixmatch", {
    phases: [phases.fixMatch(split.train, { labelled: weak, unlabelled: strong })],
    validation: { dataset: split.validation, view: evaluationView(config) },
    bestFrom: "every phase",
  });
  return { fixmatch: model };
}
