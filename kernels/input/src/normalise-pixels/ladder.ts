import { ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { NormalisePixelsShape } from "../shape.ts";

/** (v - mean) / std as v * scale + shift, folded in float64. */
function params({ N, H, W, mean, std }: NormalisePixelsShape): Record<string, number> {
  const [scaleR, scaleG, scaleB] = std.map((s) => 1 / s) as [number, number, number];
  const [shiftR, shiftG, shiftB] = std.map((s, c) => -mean[c] / s) as [number, number, number];
  return { count: N * H * W, scaleR, scaleG, scaleB, shiftR, shiftG, shiftB };
}

const { ladder, rung } = ladderOf<NormalisePixelsShape>("normalise-pixels", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one pixel per invocation",
  params,
  passes: mainPass(({ N, H, W }, { WORKGROUP }) => linearWorkgroups(N * H * W, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const fourPixels = rung("02-four-pixels", {
  from: naive,
  idea: "four pixels per invocation, three whole vectors",
  passes: mainPass(({ N, H, W }, { WORKGROUP }) => linearWorkgroups((N * H * W) / 4, WORKGROUP)),
  unsupported: ({ N, H, W }) => ((N * H * W) % 4 === 0 ? null : `N * H * W is ${N * H * W}, no multiple of 4`),
});
