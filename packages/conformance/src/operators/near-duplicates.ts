import { findRepeatsOfImages, type RgbImage } from "@fledge/data";
import type { GoldenCase } from "@fledge/golden-cases";
import { z } from "zod";
import type { Comparison, Computed } from "../compare.ts";
import type { CaseRunner } from "../context.ts";

const attributesSchema = z.object({ required: z.object({ recall: z.number(), precision: z.number() }) });

function imageOf(golden: GoldenCase, name: string): RgbImage {
  const [height, width, channels, ...more] = golden.shape(name);
  if (channels !== 3 || more.length > 0) throw new Error(`tensor "${name}" is no picture [H,W,3]`);
  return { height: height!, width: width!, data: golden.uint8(name) };
}

const rows = (pairs: readonly { readonly first: number; readonly second: number }[]) => ({
  shape: [pairs.length, 2],
  data: Int32Array.from(pairs.flatMap(({ first, second }) => [first, second])),
});

/** The pairs that the finder of `dataset overlap` sees among the case's images. */
export const runNearDuplicates: CaseRunner = async (golden) => {
  const found = await findRepeatsOfImages(golden.inputs.map((name) => imageOf(golden, name)));
  return new Map([
    ["pairs", rows(found.filter(({ mirrored }) => !mirrored))],
    ["mirrored_pairs", rows(found.filter(({ mirrored }) => mirrored))],
  ]);
};

const pairNames = ["pairs", "mirrored_pairs"] as const;

/** [P, 2] as texts, so that a set can hold them; which of both lists a pair stands in is part of it. */
function keysOf(tensors: (name: string) => ArrayLike<number>): string[] {
  return pairNames.flatMap((name) => {
    const data = tensors(name);
    return Array.from({ length: data.length / 2 }, (_, i) => `${name} ${data[2 * i]} ${data[2 * i + 1]}`);
  });
}

/** BEYOND.md, section 10: recall and precision of the pairs, mirrored ones as such, against what the case requires. */
export function compareNearDuplicates(golden: GoldenCase, computed: Computed): Comparison[] {
  const { required } = golden.attributesAs(attributesSchema);
  const truth = keysOf((name) => golden.int32(name));
  const found = keysOf((name) => (computed.get(name)?.data as Int32Array | undefined) ?? []);
  const known = new Set(truth);
  const right = found.filter((pair) => known.has(pair)).length;
  const missed = (of: number): number => (of === 0 ? 0 : 1 - right / of);
  return [
    { tensor: "recall", error: missed(truth.length), tolerance: 1 - required.recall },
    { tensor: "precision", error: missed(found.length), tolerance: 1 - required.precision },
  ];
}
