import { random } from "@fledge/random";

/** Images under attack, a full batch of them. */
export interface AttackedRows {
  /** [N,H,W,3], values in 0..1. */
  readonly images: Float32Array<ArrayBuffer>;
  /** [N] */
  readonly labels: Int32Array;
  /** [N] each image's place in its data set, which keys its random numbers. */
  readonly indices: readonly number[];
}

/** What keys an attack's random numbers besides an image's place. */
export interface AttackKey {
  readonly seed: number;
  /** As `pgd10`. */
  readonly attack: string;
  /** In 1/255. */
  readonly epsilon: number;
  readonly restart: number;
}

/** The random numbers of one image in one restart of one attack at one epsilon. */
export const attackRandom = ({ seed, attack, epsilon, restart }: AttackKey, index: number) =>
  random(seed, `attack ${attack} epsilon ${epsilon}`, index, restart);

const clamped = (value: number): number => Math.min(Math.max(value, 0), 1);

/** clamp(images + noise, 0, 1), rounded to f32 once. */
export const startAt = (images: Float32Array, noise: ArrayLike<number>): Float32Array<ArrayBuffer> =>
  Float32Array.from(images, (value, i) => clamped(value + noise[i]!));

/**
 * Random points in the balls around images: "uniform" in the ball (PGD, Madry et al. 2018), or "surface", scaled so that
 * one value of each image is moved by the whole epsilon (APGD's reference code). @param epsilon of values in 0..1, an f32
 */
export function randomStarts(
  { images, indices }: Pick<AttackedRows, "images" | "indices">,
  kind: "uniform" | "surface",
  epsilon: number,
  key: AttackKey,
): Float32Array<ArrayBuffer> {
  const pixels = images.length / indices.length;
  const noise = new Float64Array(images.length);
  indices.forEach((index, row) => {
    const draw = attackRandom(key, index);
    const own = noise.subarray(row * pixels, (row + 1) * pixels).map(() => 2 * draw.float() - 1);
    const largest = kind === "uniform" ? 1 : own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    noise.set(
      own.map((value) => (epsilon * value) / largest),
      row * pixels,
    );
  });
  return startAt(images, noise);
}
