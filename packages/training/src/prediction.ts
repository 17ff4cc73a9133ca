import { batchOf, countCorrect, int32, softmaxCrossEntropy, topOne, type Tensor } from "@fledge/autograd";
import type { Mode, Network } from "@fledge/resnet";
import type { ImageInput } from "./images.ts";
import { nothing, type BatchProgram } from "./step.ts";

export type PredictionResult = "loss" | "correct" | "classes" | "probabilities";

/** What a network says of images with known labels, without noise; in "train" mode on each batch's own statistics. */
export const prediction =
  <Result extends string = never>(
    network: Network,
    images: ImageInput,
    mode: Mode,
    also: (inside: { readonly logits: Tensor }) => Readonly<Record<Result, Tensor>> = nothing,
  ): BatchProgram<PredictionResult | Result> =>
  (batchSize) => [
    { ...images.inputs(batchSize), labels: batchOf(batchSize, int32()) },
    (given) => {
      const labels = given["labels"]!;
      const logits = network(images.tensor(given), { mode, noiseKeys: null });
      const loss = softmaxCrossEntropy(logits, labels);
      return { loss, correct: countCorrect(logits, labels), ...topOne(logits), ...also({ logits }) };
    },
  ];
