import { expect, it } from "vitest";
import { averageDecay, averageWeight, type AverageRule } from "../src/average-decay.ts";

const first = [1, 2, 3, 4, 5, 6];
const decaysOf = (rule: AverageRule): number[] => first.map((k) => averageDecay(rule, k));

it("tf_num_updates lets the decay rise to its value", () => {
  expect(decaysOf({ rule: "tf_num_updates", decay: 0.3 })).toEqual([2 / 11, 3 / 12, 0.3, 0.3, 0.3, 0.3]);
  expect(decaysOf({ rule: "tf_num_updates", decay: 0.9999, firstUpdate: 0 })[0]).toBe(1 / 10);
  expect(averageDecay({ rule: "tf_num_updates", decay: 0.9999 }, 1e7)).toBe(0.9999);
});

it("the others keep it", () => {
  expect(decaysOf({ rule: "constant", decay: 0.9 })).toEqual(first.map(() => 0.9));
  expect(decaysOf({ rule: "bias_corrected", decay: 0.9 })).toEqual(first.map(() => 0.9));
});

it.each([0, 0.5, 0.9, 0.9999])(
  "bias_corrected gives at decay %d what an average from zero gives, divided by 1 - decay^k",
  (decay) => {
    const values = [3, -1, 4, 1, -5, 9];
    let [plain, corrected] = [0, 77]; // What a corrected average began as does not matter.
    for (const k of first) {
      plain = decay * plain + (1 - decay) * values[k - 1]!;
      corrected += averageWeight({ rule: "bias_corrected", decay }, k) * (values[k - 1]! - corrected);
      expect(corrected).toBeCloseTo(plain / (1 - decay ** k), 9);
    }
  },
);

it("the weight of the others is 1 minus the decay", () => {
  expect(averageWeight({ rule: "constant", decay: 0.75 }, 5)).toBe(0.25);
  expect(averageWeight({ rule: "tf_num_updates", decay: 0.9999 }, 1)).toBe(1 - 2 / 11);
});

it.each([-0.1, 1, NaN])("refuses a decay of %d", (decay) => {
  expect(() => averageDecay({ rule: "constant", decay }, 1)).toThrow(`decay is ${decay}; give one from 0`);
});

it.each([0, 1.5])("refuses update %d", (k) => {
  expect(() => averageDecay({ rule: "constant", decay: 0.9 }, k)).toThrow(`the update is ${k}`);
});
