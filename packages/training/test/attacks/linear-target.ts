import { conv2d, float32, globalAveragePool, place, Variable } from "@fledge/autograd";
import { random } from "@fledge/random";
import type { Gpu } from "@fledge/runtime";
import type { AttackTarget } from "../../src/index.ts";

/** A linear model of two classes on pixels as they are, and its weights [height,width,3,2]. */
export function linearTarget(gpu: Gpu, side: number): { target: AttackTarget; weights: Float32Array<ArrayBuffer> } {
  const draw = random(5, "linear target");
  // No weight is near 0, whose sign rounding could turn.
  const weights = new Float32Array(side * side * 3 * 2).map(() => (draw.float() < 0.5 ? -1 : 1) * (0.1 + draw.float()));
  const weight = new Variable("weights", float32(side, side, 3, 2), "parameter", () => weights);
  place(gpu, [weight]);
  const target = {
    gpu,
    logitsOf: (images: Parameters<AttackTarget["logitsOf"]>[0]) => globalAveragePool(conv2d(images, weight)),
    height: side,
    width: side,
    classes: 2,
    statistics: { mean: [0, 0, 0], std: [1, 1, 1] } as const,
  };
  return { target, weights };
}

/** The worst point of the ball in 0..1 for a linear model: each value moves as far as it may against its label. */
export function worstPoint(
  images: Float32Array,
  labels: Int32Array,
  weights: Float32Array,
  epsilon: number,
): Float32Array<ArrayBuffer> {
  const pixels = weights.length / 2;
  return Float32Array.from(images, (value, i) => {
    const label = labels[Math.floor(i / pixels)]!;
    const at = 2 * (i % pixels);
    const towards = Math.sign(weights[at + 1 - label]! - weights[at + label]!);
    return Math.min(Math.max(Math.fround(value + towards * epsilon), 0), 1);
  });
}
