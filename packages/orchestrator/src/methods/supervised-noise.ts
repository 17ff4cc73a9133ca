import type { Models } from "../stages/evaluate-models.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { phasesOf, unlabelledParts } from "../stages/phases.ts";
import { yardstickImages } from "../stages/batches.ts";
import type { Session } from "../stages/session.ts";
import { reportedSplit, repeatedTo } from "../stages/split.ts";
import { trainModel } from "../stages/train-model.ts";
import { evaluationView, randAugmented, trainView } from "../stages/views.ts";

/**
 * The yardstick of self-training (Oliver et al. 2018, section 4.3): the noisy student's budget, augmentation and
 * schedule on true labels alone. What the noisy student is better by is what the unlabelled images added.
 *
 * For each epoch of the noisy student on unlabelled images, as many labelled ones, each as often as makes up that number
 * and augmented anew every time; then its epochs on the labelled images. Where the noisy student learns from both at
 * once, each epoch and each step shows as many images as its own do: it takes as many steps, at the same rates. Images
 * with true labels are mixed where `training.mix` says so, which are all of them here.
 */
export async function supervisedNoise(session: Session, data: PaperData): Promise<Models> {
  const { config } = session;
  const { epochs, student } = config;
  const split = reportedSplit(config, data.labelled);
  const noisy = randAugmented(trainView(config), config);
  const { labelled } = phasesOf(session, data.unlabelled);
  const unlabelled = unlabelledParts(config, data.unlabelled).train.samples.length;
  const joint = student.objective === "joint";
  const shown = yardstickImages(config, unlabelled).perEpoch;
  const model = await trainModel(session, "supervised-noise", {
    phases: [
      labelled(
        repeatedTo(shown, split.train),
        noisy,
        joint ? epochs.pseudoLabelled + epochs.labelled : epochs.pseudoLabelled,
      ),
      ...(joint ? [] : [labelled(split.train, noisy, epochs.labelled)]),
    ],
    validation: { dataset: split.validation, view: randAugmented(evaluationView(config), config) },
    bestFrom: "last phase",
  });
  return { "supervised-noise": model };
}
