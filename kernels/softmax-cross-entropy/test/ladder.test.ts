import { ladderTests } from "@fledge/testing";
import {
  confidence,
  countCorrect,
  softmax,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
  topOne,
  weightedCrossEntropyBackward,
  weightedCrossEntropyForward,
} from "../src/index.ts";
import type { LogitsShape, SoftmaxCrossEntropyShape, SoftmaxShape, WeightedCrossEntropyShape } from "../src/index.ts";
import {
  confidenceReference,
  countCorrectReference,
  gradientReference,
  lossReference,
  softmaxReference,
  topOneReference,
  weightedGradientReference,
  weightedLossReference,
} from "../src/reference.ts";
import {
  confidenceInputs,
  countInputs,
  gradientInputs,
  lossInputs,
  softmaxInputs,
  topOneInputs,
  weightedGradientInputs,
  weightedLossInputs,
} from "./inputs.ts";
import {
  gradientTolerance,
  lossTolerance,
  softmaxTolerance,
  topOneTolerance,
  weightedGradientTolerance,
  weightedLossTolerance,
} from "./tolerance.ts";

const sizes: Record<string, LogitsShape> = {
  "a batch of CUB-200": { N: 32, C: 200 },
  "a batch of the demo": { N: 32, C: 12 },
  "ImageNet, more rows than a workgroup": { N: 65, C: 1000 },
  "more rows than a workgroup's subgroups": { N: 37, C: 33 },
  "one row": { N: 1, C: 7 },
  "one class": { N: 9, C: 1 },
};

const losses: Record<string, SoftmaxCrossEntropyShape> = Object.fromEntries(
  Object.entries(sizes).flatMap(([name, size]) =>
    (["hard", "soft"] as const).flatMap((target) =>
      [0, 0.1].map((labelSmoothing): [string, SoftmaxCrossEntropyShape] => [
        `${name}, ${target}, smoothing ${labelSmoothing}`,
        { ...size, target, labelSmoothing },
      ]),
    ),
  ),
);
losses["smoothing 1"] = { N: 5, C: 11, target: "hard", labelSmoothing: 1 };

ladderTests({
  kernel: softmaxCrossEntropyForward,
  cases: losses,
  inputs: lossInputs,
  reference: lossReference,
  tolerance: lossTolerance,
});

ladderTests({
  kernel: softmaxCrossEntropyBackward,
  cases: losses,
  inputs: gradientInputs,
  reference: gradientReference,
  tolerance: gradientTolerance,
});

ladderTests({
  kernel: softmaxCrossEntropyWithGradient,
  cases: losses,
  inputs: gradientInputs,
  reference: (shape, inputs) => ({ ...lossReference(shape, inputs), ...gradientReference(shape, inputs) }),
  tolerance: (shape, inputs) => ({ ...lossTolerance(shape, inputs), ...gradientTolerance(shape, inputs) }),
});

ladderTests({
  kernel: topOne,
  cases: sizes,
  inputs: topOneInputs,
  reference: topOneReference,
  tolerance: topOneTolerance,
});

ladderTests({
  kernel: countCorrect,
  cases: sizes,
  inputs: countInputs,
  reference: countCorrectReference,
  tolerance: () => ({}),
});

const weighted: Record<string, WeightedCrossEntropyShape> = Object.fromEntries(
  Object.entries(losses).flatMap(([name, shape]) =>
    (["mean_all", "mean_kept"] as const).map((reduction): [string, WeightedCrossEntropyShape] => [
      `${name}, ${reduction}`,
      { ...shape, reduction },
    ]),
  ),
);

ladderTests({
  kernel: weightedCrossEntropyForward,
  cases: weighted,
  inputs: weightedLossInputs,
  reference: weightedLossReference,
  tolerance: weightedLossTolerance,
});

ladderTests({
  kernel: weightedCrossEntropyBackward,
  cases: weighted,
  inputs: weightedGradientInputs,
  reference: weightedGradientReference,
  tolerance: weightedGradientTolerance,
});

const temperatures: Record<string, SoftmaxShape> = Object.fromEntries(
  Object.entries(sizes).flatMap(([name, size]) =>
    [0.4, 1, 2].map((temperature): [string, SoftmaxShape] => [
      `${name}, temperature ${temperature}`,
      { ...size, temperature },
    ]),
  ),
);

ladderTests({
  kernel: softmax,
  cases: temperatures,
  inputs: softmaxInputs,
  reference: softmaxReference,
  tolerance: softmaxTolerance,
});

ladderTests({
  kernel: confidence,
  cases: sizes,
  inputs: confidenceInputs,
  reference: confidenceReference,
  tolerance: () => ({}),
});
