import { ladderTests } from "@fledge/testing";
import {
  countCorrect,
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
  topOne,
} from "../src/index.ts";
import type { LogitsShape, SoftmaxCrossEntropyShape } from "../src/index.ts";
import { countCorrectReference, gradientReference, lossReference, topOneReference } from "../src/reference.ts";
import { countInputs, gradientInputs, lossInputs, topOneInputs } from "./inputs.ts";
import { gradientTolerance, lossTolerance, topOneTolerance } from "./tolerance.ts";

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
