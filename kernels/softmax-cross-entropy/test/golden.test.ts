import { listCases, loadCase, openTestGpu, relativeError, runKernel } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
} from "../src/index.ts";
import type { SoftmaxCrossEntropyShape } from "../src/index.ts";
import { gradientReference, lossReference } from "../src/reference.ts";

function open(directory: string) {
  const golden = loadCase<{ readonly target: "hard" | "soft"; readonly label_smoothing: number }>(directory);
  const { target, label_smoothing: labelSmoothing } = golden.attributes;
  const [N, C] = golden.shape("logits");
  const shape: SoftmaxCrossEntropyShape = { N, C, target, labelSmoothing };
  const inputs = {
    logits: Float32Array.from(golden.float32("logits")),
    ...(target === "soft"
      ? { targets: Float32Array.from(golden.float32("target")) }
      : { labels: Int32Array.from(golden.int32("labels")) }),
  };
  const expectClose = (name: string, values: ArrayLike<number>): void => {
    const error = relativeError(values, golden.float32(name), golden.floorOf(name));
    expect(error).toBeLessThanOrEqual(golden.toleranceOf(name));
  };
  return { shape, inputs, dLoss: Float32Array.from(golden.float32("grad_output")), expectClose };
}

describe("softmax cross entropy against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("softmax_cross_entropy")) {
    const { shape, inputs, dLoss, expectClose } = open(directory);
    const name = basename(directory);

    it(`references, ${name}`, () => {
      expectClose("loss", lossReference(shape, inputs).loss);
      expectClose("grad/logits", gradientReference(shape, { ...inputs, dLoss }).dLogits);
    });
    for (const { id: rung } of softmaxCrossEntropyForward.rungs) {
      it(`${rung}, ${name}`, async () => {
        const { loss } = await runKernel(gpu, softmaxCrossEntropyForward, shape, inputs, { rung });
        expectClose("loss", loss);
      });
    }
    for (const { id: rung } of softmaxCrossEntropyBackward.rungs) {
      it(`${rung}, ${name}`, async () => {
        const { dLogits } = await runKernel(gpu, softmaxCrossEntropyBackward, shape, { ...inputs, dLoss }, { rung });
        expectClose("grad/logits", dLogits);
      });
    }
    for (const { id: rung } of softmaxCrossEntropyWithGradient.rungs) {
      it(`${rung}, ${name}`, async () => {
        const outputs = await runKernel(gpu, softmaxCrossEntropyWithGradient, shape, { ...inputs, dLoss }, { rung });
        expectClose("loss", outputs.loss);
        expectClose("grad/logits", outputs.dLogits);
      });
    }
  }
});
