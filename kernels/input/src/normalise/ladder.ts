import { ceilDiv, linearWorkgroups, mainPass, readWgsl, type Rung } from "@fledge/runtime";
import type { NormaliseShape } from "../shape.ts";

/** (v / 255 - mean) / std as v * scale + shift, folded in float64. */
function params({ N, IH, IW, OH, OW, mean, std }: NormaliseShape): Record<string, number> {
  const [scaleR, scaleG, scaleB] = std.map((s) => 1 / (255 * s)) as [number, number, number];
  const [shiftR, shiftG, shiftB] = std.map((s, c) => -mean[c] / s) as [number, number, number];
  return { N, IH, IW, OH, OW, scaleR, scaleG, scaleB, shiftR, shiftG, shiftB };
}

/** Why a rung that handles four pixels of a row at a time cannot run, or null. */
const needsQuads = ({ OW }: NormaliseShape): string | null => (OW % 4 === 0 ? null : `OW is ${OW}, no multiple of 4`);

/** Rung 00: the dispatch floor. */
export const noop: Rung<NormaliseShape> = {
  id: "normalise-images/00-noop",
  change: "the dispatch floor",
  source: readWgsl(import.meta.url, "./00-noop.wgsl"),
  params,
  passes: mainPass(({ N, OH, OW }, { WORKGROUP_SIZE }) => linearWorkgroups(N * OH * OW, WORKGROUP_SIZE)),
};

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
  unsupported: needsQuads,
};

/** Rung 03: a table of what each byte becomes. */
export const table: Rung<NormaliseShape> = {
  id: "normalise-images/03-table",
  change: "values looked up, not computed",
  source: readWgsl(import.meta.url, "./03-table.wgsl"),
  params,
  scratch: () => ({ table: { shape: [256, 3], dtype: "f32" } }),
  passes: [
    { entryPoint: "fillTable", workgroups: (_, { WORKGROUP_SIZE }) => linearWorkgroups(256, WORKGROUP_SIZE) },
    {
      entryPoint: "lookUp",
      workgroups: ({ N, OH, OW }, { WORKGROUP_SIZE }) => linearWorkgroups((N * OH * OW) / 4, WORKGROUP_SIZE),
    },
  ],
  unsupported: needsQuads,
};

/** Rung 04: words of bytes become vectors of floats. */
export const wholeWords: Rung<NormaliseShape> = {
  id: "normalise-images/04-whole-words",
  change: "vectors across pixels",
  source: readWgsl(import.meta.url, "./04-whole-words.wgsl"),
  params,
  passes: mainPass(({ N, OH, OW }, { WORKGROUP_SIZE }) => linearWorkgroups((N * OH * OW) / 4, WORKGROUP_SIZE)),
  unsupported: needsQuads,
};

/** Rung 05: a run of quads of one row per invocation. */
export const run: Rung<NormaliseShape> = {
  id: "normalise-images/05-run",
  change: "8 quads of a row per invocation",
  source: readWgsl(import.meta.url, "./05-run.wgsl"),
  params,
  passes: mainPass(({ N, OH, OW }, { WORKGROUP_SIZE, QUADS }) => [
    ceilDiv(OH * ceilDiv(OW / 4, QUADS), WORKGROUP_SIZE),
    1,
    N,
  ]),
  unsupported: (shape) => needsQuads(shape) ?? (shape.N <= 65535 ? null : `N is ${shape.N}, above 65535`),
};
