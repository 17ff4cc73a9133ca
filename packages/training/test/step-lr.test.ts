import { listCases, loadCase, relativeError } from "@fledge/testing";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { stepLr } from "../src/step-lr.ts";

interface StepLrAttributes {
  readonly initial: number;
  readonly step_size: number;
  readonly gamma: number;
  readonly epochs: number;
}

it("drops by gamma after every stepSize epochs", () => {
  const rate = stepLr({ initial: 0.01, stepSize: 30, gamma: 0.1 });
  const epochs = [0, 29, 30, 59, 60, 99];
  const expected = [0.01, 0.01, 0.001, 0.001, 0.0001, 0.00001];
  epochs.forEach((epoch, k) => expect(rate(epoch) / expected[k]).toBeCloseTo(1, 12));
});

it.each([
  [{ initial: -1 }, "initial is -1"],
  [{ initial: NaN }, "initial is NaN"],
  [{ stepSize: 0 }, "stepSize is 0"],
  [{ stepSize: 2.5 }, "stepSize is 2.5"],
  [{ gamma: 0 }, "gamma is 0"],
  [{ gamma: NaN }, "gamma is NaN"],
])("refuses %o", (change, message) => {
  expect(() => stepLr({ initial: 0.01, stepSize: 30, gamma: 0.1, ...change })).toThrow(message);
});

it.each([-1, 0.5, NaN])("refuses epoch %d", (epoch) => {
  expect(() => stepLr({ initial: 0.01, stepSize: 30, gamma: 0.1 })(epoch)).toThrow(`epoch is ${epoch}`);
});

describe("stepLr against PyTorch's numbers", () => {
  for (const directory of listCases("step_lr")) {
    it(`step_lr, ${basename(directory)}`, () => {
      const golden = loadCase<StepLrAttributes>(directory);
      const { initial, step_size: stepSize, gamma, epochs } = golden.attributes;
      const rate = stepLr({ initial, stepSize, gamma });
      const rates = Array.from({ length: epochs }, (_, epoch) => rate(epoch));
      const error = relativeError(rates, golden.float32("learning_rates"));
      expect(error).toBeLessThanOrEqual(golden.toleranceOf("learning_rates"));
    });
  }
});
