import type { Network } from "@fledge/resnet";
import {
  pseudoLabelled,
  renderedImages,
  supervised,
  supervisedMixed,
  type MixOptions,
  type Objective,
} from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { labellingView } from "./views.ts";

/** How labelled images are mixed, null where they are not. */
function mixOf({ training: { mix } }: Config): MixOptions | null {
  const { kind, alpha, probability } = mix;
  return kind === "off" ? null : { kind, alpha: alpha[kind], probability };
}

/** What the configured models are trained to do: phases train on it, and the list of programs tunes and checks it. */
export function objectivesOf(config: Config) {
  const { data, training, pseudoLabels } = config;
  const mix = mixOf(config);
  return {
    /** The true labels. */
    labelled: mix
      ? supervisedMixed(data.imageSize, mix, training)
      : supervised(renderedImages(data.imageSize), training),

    /** "Pseudo labeling occurs directly before prediction time": the teacher sees the whole bird, the student its crop. */
    byTeacher: (network: Network): Objective =>
      pseudoLabelled(
        { network, mode: pseudoLabels.teacherMode, view: labellingView(config) },
        data.imageSize,
        training,
      ),
  };
}
