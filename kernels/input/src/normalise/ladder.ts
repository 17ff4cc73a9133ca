import { linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { NormaliseShape } from "../shape.ts";

/** (v / 255 - mean) / std as v * scale + shift, folded in float64. */
function params({ N, IH, IW, OH, OW, mean, std }: NormaliseShape): Record<string, number> {
  const [scaleR, scaleG, scaleB] = std.map((s) => 1 / (255 * s)) as [number, number, number];
  const [shiftR, shiftG, shiftB] = std.map((s, c) => -mean[c] / s) as [number, number, number];
  return { N, IH, IW, OH, OW, scaleR, scaleG, scaleB, shiftR, shiftG, shiftB };
}

/** Rung 01: one pixel per invocation. */
export const naive: Rung<NormaliseShape> = {
  id: "normalise-images/01-naive",
  change: "the first rung",
  source: readWgsl(import.meta.url, "./01-naive.wgsl"),
  params,
  passes: mainPass(({ N, OH, OW }, { WORKGROUP_SIZE }) => linearWorkgroups(N * OH * OW, WORKGROUP_SIZE)),
};

/** Rung 02: four pixels, three vectors, per invocation. */
export const fourPixels: Rung<NormaliseShape> = {
  id: "normalise-images/02-four-pixels",
  change: "four pixels per invocation, words loaded once",
  source: readWgsl(import.meta.url, "./02-four-pixels.wgsl"),
  params,
  passes: mainPass(({ N, OH, OW }, { WORKGROUP_SIZE }) => linearWorkgroups((N * OH * OW) / 4, WORKGROUP_SIZE)),
  unsupported: ({ OW }) => (OW % 4 === 0 ? null : `OW is ${OW}, no multiple of 4`),
};
