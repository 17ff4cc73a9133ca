import { modes } from "@fledge/attack-step";
import type { Attacker } from "./attacker.ts";
import { crossEntropy, rowOf } from "./scores.ts";
import type { AttackedRows } from "./starts.ts";

/** Where an attack on a batch ended. */
export interface AttackRun {
  /** [N,H,W,3]: the points that it found. */
  readonly points: Float32Array<ArrayBuffer>;
  /** [N,classes] there. */
  readonly logits: Float32Array<ArrayBuffer>;
}

export interface PgdOptions {
  /** Of values in 0..1. */
  readonly epsilon: number;
  readonly stepSize: number;
  readonly steps: number;
  /** [N,H,W,3] inside the balls; the images themselves if absent. */
  readonly start?: Float32Array<ArrayBuffer>;
}

/**
 * Projected gradient descent (Madry et al. 2018): `steps` times along the sign of the cross entropy's gradient, each
 * time back into the ball and 0..1. The last point counts.
 * @returns with `losses`, the cross entropy [steps + 1][N] from the start to the end
 */
export async function pgd(
  attacker: Attacker,
  { images, labels }: Pick<AttackedRows, "images" | "labels">,
  { epsilon, stepSize, steps, start = images }: PgdOptions,
): Promise<AttackRun & { readonly losses: readonly Float64Array[] }> {
  const ascent = await attacker.ascent("cross-entropy");
  const { batchSize, target } = attacker;
  const all = (size: number) =>
    Array.from({ length: batchSize }, () => ({ size, epsilon, momentum: 1, mode: modes.plain }));
  const lossesOf = (logits: Float32Array): Float64Array =>
    Float64Array.from(labels, (label, row) => crossEntropy(rowOf(logits, row, target.classes), label));
  ascent.begin(images, start);
  let logits = await ascent.step(all(0), labels);
  const losses = [lossesOf(logits)];
  for (let step = 0; step < steps; step++) {
    logits = await ascent.step(all(stepSize), labels);
    losses.push(lossesOf(logits));
  }
  return { points: (await ascent.read("point")).point, logits, losses };
}

/** The fast gradient sign method (Goodfellow et al. 2015): one step of epsilon from the image. */
export const fgsm = (
  attacker: Attacker,
  rows: Pick<AttackedRows, "images" | "labels">,
  epsilon: number,
): ReturnType<typeof pgd> => pgd(attacker, rows, { epsilon, stepSize: epsilon, steps: 1 });
