import { z } from "zod";
import type { Contradiction } from "./student-schema.ts";

export const depthSchema = z.union([z.literal(18), z.literal(34), z.literal(50), z.literal(101), z.literal(152)]);
export const widthSchema = z.int().min(1).max(1024);

/** Noisy students in turn, each teacher of the next (paper, section 7: "iterative training"). */
export const generationsSchema = z.strictObject({
  count: z.int().min(1).max(99),
  /**
   * Networks of the generations' students, the first item of the first generation's (Xie et al. take students that are
   * equal to their teacher, or larger). Null, and past the list's end: as `network`. Noise and zeroInitResidual are
   * `network`'s. Without weights of its own, which are a file as network.weights is, one starts from random ones.
   */
  networks: z
    .array(
      z.strictObject({ depth: depthSchema, width: widthSchema, weights: z.string().nullable().optional() }).nullable(),
    )
    .max(99),
});

interface Checked {
  readonly method: string;
  readonly generations: z.infer<typeof generationsSchema>;
}

/** Networks that no model would have. */
export function generationContradictions({ method, generations: { count, networks } }: Checked): Contradiction[] {
  const path = ["generations", "networks"];
  if (method !== "noisy-student-lite" && networks.length > 0)
    return [[path, `they are of a teacher's students, and method "${method}" has none: set network, and this to []`]];
  if (networks.length > count)
    return [
      [path, `it lists ${networks.length} networks for ${count} generations: shorten it, or raise generations.count`],
    ];
  return [];
}
