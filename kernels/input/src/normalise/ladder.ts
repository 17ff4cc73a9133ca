import { ceilDiv, ladderOf, linearWorkgroups, mainPass } from "@fledge/runtime";
import type { NormaliseShape } from "../shape.ts";

/** (v / 255 - mean) / std as v * scale + shift, folded in float64. */
function params({ N, IH, IW, OH, OW, mean, std }: NormaliseShape): Record<string, number> {
  const [scaleR, scaleG, scaleB] = std.map((s) => 1 / (255 * s)) as [number, number, number];
  const [shiftR, shiftG, shiftB] = std.map((s, c) => -mean[c] / s) as [number, number, number];
  return { N, IH, IW, OH, OW, scaleR, scaleG, scaleB, shiftR, shiftG, shiftB };
}

/** Why a rung that handles four pixels of a row at a time cannot run, or null. */
const needsQuads = ({ OW }: NormaliseShape): string | null => (OW % 4 === 0 ? null : `OW is ${OW}, no multiple of 4`);

const { ladder, rung } = ladderOf<NormaliseShape>("normalise-images", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "one pixel per invocation",
  params,
  passes: mainPass(({ N, OH, OW }, { WORKGROUP }) => linearWorkgroups(N * OH * OW, WORKGROUP)),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const fourPixels = rung("02-four-pixels", {
  from: naive,
  idea: "four pixels per invocation, words loaded once",
  passes: mainPass(({ N, OH, OW }, { WORKGROUP }) => linearWorkgroups((N * OH * OW) / 4, WORKGROUP)),
  unsupported: needsQuads,
});

export const table = rung("03-table", {
  from: fourPixels,
  idea: "values looked up in a table, not computed",
  scratch: () => ({ table: { shape: [256, 3], dtype: "f32" } }),
  passes: [
    { entryPoint: "fillTable", workgroups: (_, { WORKGROUP }) => linearWorkgroups(256, WORKGROUP) },
    {
      entryPoint: "lookUp",
      workgroups: ({ N, OH, OW }, { WORKGROUP }) => linearWorkgroups((N * OH * OW) / 4, WORKGROUP),
    },
  ],
});

export const wholeWords = rung("04-whole-words", {
  from: fourPixels,
  idea: "vectors across pixels",
});

export const run = rung("05-run", {
  from: wholeWords,
  idea: "8 quads of a row per invocation",
  passes: mainPass(({ N, OH, OW }, { WORKGROUP, QUADS }) => [ceilDiv(OH * ceilDiv(OW / 4, QUADS), WORKGROUP), 1, N]),
  unsupported: (shape) => needsQuads(shape) ?? (shape.N <= 65535 ? null : `N is ${shape.N}, above 65535`),
});
