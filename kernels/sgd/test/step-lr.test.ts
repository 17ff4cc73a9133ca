import { expect, it } from "vitest";
import { stepLr } from "../src/index.ts";

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
