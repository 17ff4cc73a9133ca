import { batchnormApply } from "@fledge/batchnorm";
import { relu } from "@fledge/elementwise";
import { expect, it } from "vitest";
import { operator } from "../src/operator.ts";
import { float32, Tensor } from "../src/tensor.ts";
import { apply, trace } from "../src/trace.ts";

it("an operator without a gradient rule is a type error", () => {
  // @ts-expect-error the rule is missing
  const missing = operator(relu, ["x"], ["out"]);
  // @ts-expect-error the rule leaves input x out
  const partial = operator(relu, ["x"], ["out"], () => ({}));
  const whole = operator(relu, ["x"], ["out"], (_application, { out }) => ({ x: () => out! }));
  expect([missing, partial, whole]).toHaveLength(3);
});

const x = new Tensor(float32(1, 2, 2, 3), "x");
const channels = new Tensor(float32(3), "channels");
const shape = { N: 1, H: 2, W: 2, C: 3, epsilon: 1e-5, relu: false, residual: false };
const moments = { mean: channels, variance: channels, weight: channels, bias: channels };
const normalisation = operator(
  batchnormApply,
  ["x", "mean", "variance", "weight", "bias", "residual"],
  ["out"],
  "not differentiable",
);

it("applying one records a node and returns its outputs", () => {
  const { graph, result } = trace(() => apply(normalisation, shape, { x, ...moments }));
  expect(graph.nodes).toMatchObject([{ operator: normalisation, inputs: { x }, outputs: result }]);
  expect(String(result.out)).toBe("batchnorm-apply.out: f32[1,2,2,3]");
});

it.each<[string, () => unknown, string]>([
  [
    "a name that the operator does not list",
    () => apply(operator(relu, [], ["out"], "not differentiable"), { count: 12 }, {}),
    'relu: its operator does not list "x"',
  ],
  ["a missing tensor", () => apply(normalisation, shape, moments), 'batchnorm-apply: no tensor for "x"'],
  [
    "a tensor that the kernel does not read at this shape",
    () => apply(normalisation, shape, { x, ...moments, residual: x }),
    'batchnorm-apply: "residual" was given; at this shape the kernel takes x, mean, variance, weight, bias',
  ],
  [
    "a tensor of another size",
    () => apply(normalisation, shape, { ...moments, x: channels }),
    'batchnorm-apply: "x" wants f32[1,2,2,3], not channels: f32[3]',
  ],
])("refuses %s", (_name, application, message) => {
  expect(() => trace(application)).toThrow(message);
});
