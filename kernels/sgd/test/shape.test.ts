import { baselineDevice, planKernel } from "@fledge/runtime";
import { expect, it } from "vitest";
import { sgdScaleRate, sgdUpdate } from "../src/index.ts";
import { sgdUpdateReference, type SgdState } from "../src/reference.ts";
import { checkSgd, sgdFlops, type SgdShape } from "../src/shape.ts";

const paper: SgdShape = { count: 8, momentum: 0.9, weightDecay: 1e-4, dampening: 0, nesterov: false };

it.each([
  [{ count: 0 }, "count is 0"],
  [{ count: 1.5 }, "count is 1.5"],
  [{ count: 2 ** 31 }, "count is 2147483648"],
  [{ momentum: -0.1 }, "momentum is -0.1"],
  [{ momentum: NaN }, "momentum is NaN"],
  [{ weightDecay: -1 }, "weightDecay is -1"],
  [{ weightDecay: Infinity }, "weightDecay is Infinity"],
  [{ dampening: NaN }, "dampening is NaN"],
  [{ nesterov: true, momentum: 0 }, "nesterov requires a momentum above 0"],
  [{ nesterov: true, dampening: 0.1 }, "dampening 0, got momentum 0.9 and dampening 0.1"],
])("refuses %o", (change, message) => {
  expect(() => checkSgd({ ...paper, ...change })).toThrow(message);
});

it.each([
  paper,
  { ...paper, momentum: 0, dampening: 0.5 },
  { ...paper, nesterov: true },
  { ...paper, count: 33_554_432 },
])("accepts %o", (shape) => {
  expect(() => checkSgd(shape)).not.toThrow();
});

it("counts the operations of each variant", () => {
  const variants: SgdShape[] = [{ ...paper, momentum: 0 }, paper, { ...paper, nesterov: true }];
  expect(variants.map(sgdFlops)).toEqual([32, 56, 72]);
});

// By hand from torch.optim.SGD's formula, two steps on one element with gradient 0.5 throughout.
it.each([
  ["plain", { momentum: 0 }, [0.94, 0.8806]],
  ["momentum", {}, [0.94, 0.8266]],
  ["dampening", { dampening: 0.5 }, [0.94, 0.8563]],
  ["nesterov", { nesterov: true }, [0.886, 0.725566]],
])("the reference takes two steps by hand: %s", (_name, change, expected) => {
  const shape: SgdShape = { ...paper, count: 1, weightDecay: 0.1, ...change };
  let state: SgdState = { parameter: Float64Array.of(1), momentumBuffer: Float64Array.of(99) };
  const parameters = expected.map((_, stepCount) => {
    state = sgdUpdateReference(shape, { ...state, gradient: [0.5], learningRate: 0.1, stepCount });
    return state.parameter[0];
  });
  parameters.forEach((value, k) => expect(value).toBeCloseTo(expected[k], 12));
});

it("takes runs of vectors on a CPU, and single vectors on a GPU", () => {
  const rungOn = (deviceClass: "software" | "integrated" | "discrete", softwareRoad?: "lanes" | "uniform"): string =>
    planKernel(sgdUpdate, paper, { device: { ...baselineDevice, deviceClass, softwareRoad } }).rung;
  expect([rungOn("software"), rungOn("software", "lanes")]).toEqual(["sgd-update/04-run", "sgd-update/04-run"]);
  expect(rungOn("software", "uniform")).toBe("sgd-update/06-usual-step");
  expect([rungOn("integrated"), rungOn("discrete")]).toEqual(["sgd-update/02-vec4", "sgd-update/02-vec4"]);
});

it.each([-1, NaN, Infinity])("refuses a rate multiplier of %d", (multiplier) => {
  expect(() => sgdScaleRate.check({ multiplier })).toThrow(`the rate multiplier is ${multiplier}; give`);
});
