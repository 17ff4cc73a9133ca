import { z } from "zod";

const positive = z.int().min(1);
/** Bounds without which a slip of the finger takes years. */
const steps = positive.max(10000);
const restarts = positive.max(100);
const limit = positive.nullable();

const increasing = (values: readonly number[]): boolean =>
  values.every((value, index) => index === 0 || value > values[index - 1]!);

const inOrder = "must be in increasing order, none twice";

/** The settings of `fledge robustness`. */
export const robustnessSchema = z.strictObject({
  /** Seeds which test images are taken, the corruptions' noise, and the attacks' starts and random searches. */
  seed: z.int().min(0).max(0xffffffff),
  /** Test images that are looked at, drawn by the seed; null: all. */
  images: limit,
  corruptions: z.strictObject({
    /** Quality of the JPEG that corrupted images go through, as those that ImageNet-C publishes; null: none. */
    savedAsJpeg: positive.max(100).nullable(),
  }),
  perturbations: z.strictObject({
    /** At most so many images are perturbed: the ten sequences look at an image 320 times. */
    images: limit,
  }),
  attacks: z.strictObject({
    /** At most so many of those are attacked: an attack looks at an image hundreds of times. */
    images: limit,
    /** How far a channel of a pixel may be moved, in 1/255 of its range: the L-infinity balls of the curves. */
    epsilons: z.array(z.number().gt(0).max(255)).min(1).max(64).refine(increasing, inOrder),
    pgd: z.strictObject({
      /** An attack of its own for each number of steps. */
      steps: z.array(steps).min(1).max(16).refine(increasing, inOrder),
      /** The size of a step is `stepRatio * epsilon / steps`. */
      stepRatio: z.number().positive(),
      restarts,
    }),
    apgd: z.strictObject({
      steps,
      restarts,
      /** Classes that the targeted attack aims at, the likeliest wrong ones first. */
      targets: restarts,
    }),
    square: z.strictObject({
      queries: positive.max(1e6),
      restarts,
      /** Share of the picture that the first squares cover; it shrinks with the queries. */
      initialShare: z.number().gt(0).max(1),
    }),
  }),
  calibration: z.strictObject({
    /** Bins of equal width of the reliability diagram and the expected calibration error. */
    bins: positive.max(1000),
  }),
});
