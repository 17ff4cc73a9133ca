import type { GoldenCase } from "@fledge/golden-cases";
import { conv2dForward, conv2dGradInput, conv2dGradWeight } from "@fledge/conv2d";
import { linearForward, linearGradInput, linearGradWeight } from "@fledge/linear";
import type { Kernel } from "@fledge/runtime";

const idsOf = <Shape>({ rungs }: Kernel<Shape>): string[] =>
  rungs.filter(({ features }) => features?.includes("shader-f16")).map(({ id }) => id);

/** Rungs that round their operands to f16: they keep a bound of their own, which no case's tolerance for f32 allows for. */
export const halfRungs: ReadonlySet<string> = new Set([
  ...[conv2dForward, conv2dGradInput, conv2dGradWeight].flatMap(idsOf),
  ...[linearForward, linearGradInput, linearGradWeight].flatMap(idsOf),
]);

/** An operand is off by 2^-11 of itself and a product by twice that; terms that cancel leave the sum relatively less exact. */
export const halfTolerance = 2 ** -8;

const layers: ReadonlySet<string> = new Set(["conv2d", "linear"]);

/**
 * The least tolerance of a tensor of a case whose products are computed below f32; 0 where it has none. In a network each
 * of the products that follow one another adds an error of its own, up to 2^-10.5 of its result for two rounded operands;
 * that BatchNorm's statistics err too may double it. Where the inputs of a ReLU are off by a share d of their spread,
 * about as many of them change sign, and a gradient that misses a share d of its terms is off by sqrt(d): so are
 * gradients, and what steps along them leave.
 */
export function reducedTolerance({ op, attributes }: Pick<GoldenCase, "op" | "attributes">, tensor: string): number {
  if (layers.has(op)) return halfTolerance;
  const { blocks } = attributes as { readonly blocks?: readonly number[] };
  if (!op.startsWith("resnet") || !blocks) return 0;
  const products = 2 + 3 * blocks.reduce((sum, count) => sum + count, 0);
  const forward = 2 * Math.sqrt(products) * 2 ** -10.5;
  return tensor === "logits" || tensor === "loss" ? forward : Math.sqrt(forward);
}
