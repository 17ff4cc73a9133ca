// That the trace of docs/precision.md rounds what f16 rounds, and nothing else.
import { join } from "node:path";
import { narrowCase } from "@fledge/conformance";
import { loadCase, relativeError } from "@fledge/golden-cases";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { kinds, operandsAsHalves, storedAsHalves, withMasksOf } from "./rounding.ts";
import { openStep } from "./step.ts";

const gpu = await openTestGpu();

it("a step in f32 whose tensors and operands are rounded is the step in f16, and without that its own", async () => {
  const golden = loadCase(join(import.meta.dirname, "..", "conformance", "cases", "resnet_narrow"));
  const step = openStep(gpu, golden, narrowCase(golden), undefined);
  try {
    const single = await step.run("f32");
    const half = await step.run("f16");
    const same = await step.run("f32", (nodes, images) => withMasksOf(nodes, storedAsHalves(nodes, images, new Set())));
    const rounded = await step.run("f32", (nodes, images) =>
      storedAsHalves(operandsAsHalves(nodes), images, new Set(kinds)),
    );
    expect(step.layers.length).toBeGreaterThan(15);
    for (const { dWeight } of step.layers) {
      expect(same.get(dWeight)).toEqual(single.get(dWeight));
      const error = relativeError(half.get(dWeight)!, single.get(dWeight)!);
      expect(error).toBeGreaterThan(1e-3);
      // Sums in another order round a few elements otherwise.
      expect(relativeError(rounded.get(dWeight)!, half.get(dWeight)!)).toBeLessThan(error / 4);
    }
  } finally {
    step.release();
  }
});
