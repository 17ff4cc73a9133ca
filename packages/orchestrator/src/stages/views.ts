import type { View } from "@fledge/data";
import type { Config } from "../config/schema.ts";

/** What the student learns from: RandomResizedCrop and a flip (paper, section 4.1). */
export function trainView({ data, views }: Config): View {
  return {
    crop: { kind: "random-resized", size: data.imageSize, scale: views.scale, ratio: views.ratio },
    flip: views.flip,
  };
}

/** The whole bird, no randomness: what the teacher labels. */
export function cleanView({ data, views }: Config): View {
  return { crop: { kind: "center", resize: views.resize, size: data.imageSize }, flip: false };
}

/** What the teacher labels: the whole bird; undefined where it labels what the student sees. */
export const labellingView = (config: Config): View | undefined =>
  config.pseudoLabels.view === "clean" ? cleanView(config) : undefined;

/** What validation and test show. */
export function evaluationView(config: Config): View {
  return config.views.evaluation === "random" ? trainView(config) : cleanView(config);
}

/** A view with RandAugment in it: the noisy student's labelled images, and the robustness task (table 3). */
export function randAugmented(view: View, { randAugment }: Config, order = randAugment.order): View {
  return { ...view, randAugment: { ...randAugment, order } as NonNullable<View["randAugment"]> };
}

/** Whether a view may show an image differently each time. */
export const isRandom = ({ crop, flip, randAugment, corruption, perturbation }: View): boolean =>
  crop.kind === "random-resized" || flip || [randAugment, corruption, perturbation].some((one) => one !== undefined);
