import { listCases, loadCase, openTestGpu, relativeError, runKernel } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { relu, reluBackward } from "../src/index.ts";
import { reluBackwardReference, reluReference } from "../src/reference.ts";

describe("relu against PyTorch's numbers", async () => {
  const gpu = await openTestGpu();
  for (const directory of listCases("relu")) {
    const golden = loadCase(directory);
    const x = Float32Array.from(golden.float32("input"));
    const dOut = Float32Array.from(golden.float32("grad_output"));
    const shape = { count: x.length };
    const expectGolden = (name: string, actual: ArrayLike<number>): void => {
      expect(relativeError(actual, golden.float32(name), golden.floorOf(name))).toBeLessThanOrEqual(
        golden.toleranceOf(name),
      );
    };

    it(`reference, ${basename(directory)}`, () => {
      const out = reluReference(x);
      expectGolden("output", out);
      expectGolden("grad/input", reluBackwardReference(out, dOut));
    });
    for (const forward of relu.rungs) {
      for (const backward of reluBackward.rungs) {
        it(`${forward.id} and ${backward.id}, ${basename(directory)}`, async () => {
          const { out } = await runKernel(gpu, relu, shape, { x }, { rung: forward.id });
          expectGolden("output", out);
          const { dX } = await runKernel(gpu, reluBackward, shape, { out, dOut }, { rung: backward.id });
          expectGolden("grad/input", dX);
        });
      }
    }
  }
});
