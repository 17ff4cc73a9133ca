import { framesOf, isNoiseSequence, perturbationKinds, type PerturbationKind } from "@fledge/corruptions";
import type { View } from "@fledge/data";
import { flipRate } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { cleanView } from "../stages/views.ts";
import { evaluateView } from "./evaluate-view.ts";
import { meanOf, type Family, type MeasuredCase, type Measurement, type Measuring } from "./family.ts";

/** Every frame of a sequence through the model, one after the other, and how often its predictions flip. */
async function measureSequence(measuring: Measuring, view: View, kind: PerturbationKind): Promise<Measurement> {
  const frames = framesOf(kind);
  const sequences = measuring.dataset.samples.length;
  const predictions = new Int32Array(sequences * frames);
  const accuracies: number[] = [];
  for (let frame = 0; frame < frames; frame += 1) {
    const { classes, accuracy } = await evaluateView(measuring, { ...view, perturbation: { kind, frame } });
    accuracies.push(accuracy);
    classes.forEach((predicted, sequence) => (predictions[sequence * frames + frame] = predicted));
    measuring.progress((frame + 1) / frames);
  }
  const { flipProbability, perSequence } = flipRate(predictions, frames, { noise: isNoiseSequence(kind) });
  return { values: { flipProbability }, lists: { accuracyByFrame: accuracies, flipsByImage: [...perSequence] } };
}

/**
 * CUB-P: ImageNet-P's ten sequences made of the test images, and the share of frames whose prediction differs from the
 * frame's before, or from the clean image's where the sequence is of noise. mFR is the mean ratio to the reference
 * model's.
 */
export function perturbations(config: Config): Family {
  const view = cleanView(config);
  const { images } = config.robustness.perturbations;
  return {
    name: "perturbations",
    title: "Flips along sequences of perturbed frames (ImageNet-P's, on these images)",
    cases: perturbationKinds.map((kind): MeasuredCase => {
      const settings = { view, kind, frames: framesOf(kind) };
      const measure = (measuring: Measuring): Promise<Measurement> => measureSequence(measuring, view, kind);
      return { name: kind, series: kind, at: null, cost: framesOf(kind), images, settings, measure };
    }),
    headlines(measured, reference) {
      const mean = meanOf(measured, perturbationKinds, "flipProbability");
      if (mean === undefined) return [];
      const of = (which: typeof reference, kind: PerturbationKind): number =>
        which?.get(kind)?.values["flipProbability"] ?? NaN;
      const ratios = perturbationKinds.map((kind) => of(measured, kind) / of(reference, kind));
      const rate = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
      return [
        { name: "flip probability", value: mean, unit: "share" },
        // A reference that never flips, or is not measured, gives none.
        ...(Number.isFinite(rate) ? ([{ name: "mFR", value: rate, unit: "share" }] as const) : []),
      ];
    },
  };
}
