import { expect, it } from "vitest";
import { dlr } from "../src/index.ts";

it("is the paper's ratio: shifting or scaling the logits changes nothing, and it is positive once the target wins", () => {
  const logits = [3, 1, -0.5, 2, 0.25];
  // y = 0, t = 3: -(3 - 2) / (3 - (1 + 0.25) / 2)
  expect(dlr(logits, 0, 3).loss).toBeCloseTo(-1 / 2.375, 10);
  const moved = logits.map((z) => 7 * z - 100);
  expect(dlr(moved, 0, 3).loss).toBeCloseTo(-1 / 2.375, 10);
  expect(dlr(logits, 3, 0).loss).toBeGreaterThan(0);
});

it("has the gradient that central differences give", () => {
  for (const logits of [
    [1, 2],
    [0.5, -1, 2],
    [3, 1, -0.5, 2],
    [3, 1, -0.5, 2, 0.25, -4],
  ]) {
    const target = logits.length - 1;
    const { gradient } = dlr(logits, 0, target);
    for (const [c, expected] of gradient.entries()) {
      const at = (by: number): number =>
        dlr(
          logits.map((z, i) => z + (i === c ? by : 0)),
          0,
          target,
        ).loss;
      expect((at(1e-5) - at(-1e-5)) / 2e-5).toBeCloseTo(expected, 6);
    }
  }
});
