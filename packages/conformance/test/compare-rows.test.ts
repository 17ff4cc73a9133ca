import { join } from "node:path";
import { loadCase } from "@fledge/golden-cases";
import { describe, expect, it } from "vitest";
import { compareRows } from "../src/operators/recipe-network.ts";

const golden = loadCase(join(import.meta.dirname, "../../../test/conformance/cases/resnet50_recipe"));

/** What comes of the expected rows where the last one, of 161, is off by `factor`. */
function compareWithLast(name: string, factor: number) {
  const [shape, data] = [golden.shape(name), golden.float32(name).slice()];
  const width = data.length / 161;
  for (let i = 160 * width; i < data.length; i++) data[i]! *= factor;
  return compareRows(golden, name, { shape, data })!;
}

describe.each(["grad_norm", "grad_projection", "grad_sample"])("%s of the 161 gradients", (name) => {
  it("passes where every row is right, and fails by any that is off or not finite", () => {
    const { error, tolerance } = compareWithLast(name, 1);
    expect(error).toBe(0);
    expect(compareWithLast(name, 2).error).toBeGreaterThan(tolerance);
    expect(compareWithLast(name, NaN).error).toBeNaN();
  });
});

it("leaves the other outputs to the comparison of whole tensors", () => {
  expect(compareRows(golden, "logits", golden.tensor("logits"))).toBeNull();
});
