import { softmax, topOne } from "@fledge/autograd";
import type { Mode, Network } from "@fledge/resnet";
import { renderedImages } from "../images.ts";
import type { BatchProgram } from "../step.ts";

export type LabellingResult = "classes" | "probabilities";

/** What a teacher says of images: the most likely classes, and the probabilities of all at a temperature. */
export const labelling =
  (network: Network, imageSize: number, mode: Mode, temperature: number): BatchProgram<LabellingResult> =>
  (batchSize) => {
    const images = renderedImages(imageSize);
    return [
      images.inputs(batchSize),
      (given) => {
        const logits = network(images.tensor(given), { mode, noiseKeys: null });
        return { classes: topOne(logits).classes, probabilities: softmax(logits, temperature) };
      },
    ];
  };
