import { dlr, modes } from "@fledge/attack-step";
import { apgdCheckpoints, ApgdImage } from "./apgd-schedule.ts";
import type { Attacker } from "./attacker.ts";
import type { AttackRun } from "./pgd.ts";
import { crossEntropy, rowOf, topClass } from "./scores.ts";
import type { AttackedRows } from "./starts.ts";

export interface ApgdOptions {
  /** Of values in 0..1. */
  readonly epsilon: number;
  readonly steps: number;
  /** [N,H,W,3] inside the balls. */
  readonly start: Float32Array<ArrayBuffer>;
  /** The class that each image is to be taken for: APGD-T on the DLR loss; absent: APGD on the cross entropy. */
  readonly targets?: Int32Array;
}

/**
 * Auto-PGD (Croce and Hein 2020, algorithm 1): PGD with momentum whose step size halves by itself where the loss does not
 * rise any more, from the best point. An image that is fooled stays as it is; of another the point of the highest loss counts.
 */
export async function apgd(
  attacker: Attacker,
  { images, labels }: Pick<AttackedRows, "images" | "labels">,
  { epsilon, steps, start, targets }: ApgdOptions,
): Promise<AttackRun> {
  const ascent = await attacker.ascent(targets ? "targeted-dlr" : "cross-entropy");
  const { classes } = attacker.target;
  const lossOf = (logits: Float32Array, row: number): number =>
    targets ? dlr(logits, labels[row]!, targets[row]!).loss : crossEntropy(logits, labels[row]!);
  const stay = { size: 0, epsilon, momentum: 1, mode: modes.plain };
  ascent.begin(images, start);
  const logits = await ascent.step(
    Array.from(labels, () => stay),
    labels,
    targets,
  );
  const found = logits.slice(); // Of each image's best point so far.
  const ways = Array.from(labels, (label, row) => {
    const own = rowOf(logits, row, classes);
    const way = new ApgdImage(epsilon, lossOf(own, row));
    if (topClass(own) !== label) way.stop();
    return way;
  });
  const fooled = (row: number): boolean => topClass(rowOf(found, row, classes)) !== labels[row];
  const checkpoints = new Set(apgdCheckpoints(steps));
  for (let step = 1; step <= steps && !ways.every((_, row) => fooled(row)); step++) {
    const now = await ascent.step(
      ways.map((way) => way.control()),
      labels,
      targets,
    );
    ways.forEach((way, row) => {
      if (fooled(row)) return;
      const own = rowOf(now, row, classes);
      way.observe(lossOf(own, row), checkpoints.has(step));
      if (topClass(own) !== labels[row]) way.stop();
      if (way.atBest) found.set(own, row * classes);
    });
  }
  const { point, best } = await ascent.read("point", "best");
  const pixels = attacker.pixels;
  const points = best.slice();
  ways.forEach((way, row) => {
    if (way.atBest) points.set(point.subarray(row * pixels, (row + 1) * pixels), row * pixels);
  });
  return { points, logits: found };
}
