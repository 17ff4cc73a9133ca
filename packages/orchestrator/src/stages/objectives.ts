import type { Network } from "@fledge/resnet";
import { labelsOf, pseudoLabelled, renderedImages, supervised, type Objective } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { labellingView } from "./views.ts";

/** What the configured models are trained to do: phases train on it, and the list of programs tunes and checks it. */
export function objectivesOf(config: Config) {
  const { data, training, pseudoLabels } = config;
  return {
    /** The true labels. */
    labelled: supervised(renderedImages(data.imageSize), training),

    /** "Pseudo labeling occurs directly before prediction time": the teacher sees the whole bird, the student its crop. */
    byTeacher: (network: Network): Objective =>
      pseudoLabelled(
        labelsOf({ network, mode: pseudoLabels.teacherMode, view: labellingView(config) }),
        data.imageSize,
        training,
      ),
  };
}
