import type { GoldenCase } from "@fledge/golden-cases";
import { conv2dForward, conv2dGradInput, conv2dGradWeight } from "@fledge/conv2d";
import { linearForward, linearGradInput, linearGradWeight } from "@fledge/linear";
import { roundsOperands, type Kernel } from "@fledge/runtime";

const idsOf = <Shape>({ rungs }: Kernel<Shape>): string[] => rungs.filter(roundsOperands).map(({ id }) => id);

/** Rungs that round their operands to f16: they keep a bound of their own, which no case's tolerance for f32 allows for. */
export const halfRungs: ReadonlySet<string> = new Set([
  ...[conv2dForward, conv2dGradInput, conv2dGradWeight].flatMap(idsOf),
  ...[linearForward, linearGradInput, linearGradWeight].flatMap(idsOf),
]);

/** An operand is off by 2^-11 of itself and a product by twice that; terms that cancel leave the sum relatively less exact. */
export const halfTolerance = 2 ** -8;

const layers: ReadonlySet<string> = new Set(["conv2d", "linear"]);

/** The largest number of f16: an activation, which lies in memory so, is infinite beyond it. */
const largestHalf = 65504;

/** Why a case's activations cannot be stored as f16, or null. */
export function whyBeyondHalf(golden: GoldenCase, expected: readonly string[]): string | null {
  if (golden.op !== "conv2d") return null;
  // The gradient of the weight is f32 in memory.
  const stored = expected.filter((name) => name !== golden.gradients["weight"]);
  const beyond = stored.find((name) => golden.float32(name).some((value) => Math.abs(value) > largestHalf));
  return beyond === undefined ? null : `${beyond} holds values beyond ${largestHalf}, which f16 has as infinity`;
}

/**
 * How many times as far off gradients are as logits, whatever is rounded: about 4 in the golden steps, which
 * `test/precision` traces, and 8 where a sign of the last stage flips, whose channels have 8 values there. It holds for
 * their batch, and for biases that keep ReLU's inputs away from 0; in general it is more, 27 in docs/precision.md's table.
 */
const ofGradients = 10;

/** What a case keeps of each of many gradients, eight elements or a projection: the worst is off about twice as far as a gradient. */
const worstOfMany: ReadonlySet<string> = new Set(["grad_sample", "grad_projection"]);

/**
 * The least tolerance of a tensor of a case whose products are computed below f32; 0 where it has none. In a network each
 * of the products that follow one another adds errors of its own, each up to 2^-11 of a value: the roundings of its two
 * operands and of the block's sum, and that of its stored result, which counts twice where BatchNorm takes off a mean as
 * large as the spread; that its statistics err too may double them all. They add up as squares. Gradients, and what steps
 * along them leave, are off by so many times that, as the network makes of them.
 */
export function reducedTolerance({ op, attributes }: Pick<GoldenCase, "op" | "attributes">, tensor: string): number {
  if (layers.has(op)) return halfTolerance;
  const { blocks } = attributes as { readonly blocks?: readonly number[] };
  if (!op.startsWith("resnet") || !blocks) return 0;
  const products = 2 + 3 * blocks.reduce((sum, count) => sum + count, 0);
  const forward = 2 * Math.sqrt(5 * products) * 2 ** -11;
  if (tensor === "logits" || tensor === "loss") return forward;
  return (worstOfMany.has(tensor) ? 2 : 1) * ofGradients * forward;
}
