import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { random } from "@fledge/random";
import type { Gpu } from "@fledge/runtime";
import { encodeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { expect, it } from "vitest";
import { runCases } from "../src/index.ts";

const side = 64;

/** An image of seeded blots, so that two of them have nothing in common. */
function blots(seed: number): Uint8Array<ArrayBuffer> {
  const draw = random(seed, "test blots");
  const data = new Uint8Array(side * side * 3).fill(90);
  for (let blot = 0; blot < 25; blot++) {
    const [x, y, radius] = [draw.float() * side, draw.float() * side, 3 + draw.float() * 9];
    const level = draw.integer(0, 256);
    for (let i = 0; i < side * side; i++)
      if (Math.hypot((i % side) - x, Math.floor(i / side) - y) < radius) data.fill(level, 3 * i, 3 * i + 3);
  }
  return data;
}

const mirrored = (data: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(data, (_, i) => {
    const [row, column] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side];
    return data[3 * (row * side + side - 1 - column) + (i % 3)]!;
  });

/** A case of two images, the second's brightened copy and the first's mirror image, with these pairs as the truth. */
function caseOf(pairs: readonly number[], mirroredPairs: readonly number[]): string {
  const [one, other] = [blots(1), blots(2)];
  const images = [one, other, other.map((value) => Math.min(255, value + 12)), mirrored(one)];
  const pairsOf = (flat: readonly number[]) => ({ shape: [flat.length / 2, 2], data: Int32Array.from(flat) });
  const names = images.map((_, i) => `image_0${i}`);
  const tensors = new Map<string, StoredTensor>([
    ...images.map((data, i) => [names[i]!, { shape: [side, side, 3], data }] as const),
    ["group", { shape: [4], data: Int32Array.of(0, 1, 1, 0) }],
    ["pairs", pairsOf(pairs)],
    ["mirrored_pairs", pairsOf(mirroredPairs)],
  ]);
  const directory = join(mkdtempSync(join(tmpdir(), "fledge-case-")), "near_duplicates_test");
  mkdirSync(directory);
  writeFileSync(join(directory, "tensors.safetensors"), encodeSafetensors(tensors));
  const file = {
    name: "near_duplicates_test",
    op: "near_duplicates",
    attributes: { required: { recall: 0.8, precision: 0.9 } },
    inputs: names,
    outputs: ["group", "pairs", "mirrored_pairs"],
    tolerance: { relative: 0 },
  };
  writeFileSync(join(directory, "case.json"), JSON.stringify(file));
  return directory;
}

async function run(directory: string) {
  // The finder computes on no GPU.
  for await (const result of runCases([directory], { gpu: undefined as unknown as Gpu, rungs: {} })) return result;
  return undefined;
}

it("near_duplicates passes where the finder's pairs are the truth, mirrored ones as such", async () => {
  expect(await run(caseOf([1, 2], [0, 3]))).toMatchObject({ outcome: "passed" });
});

it.each([
  ["misses a pair", [1, 2, 0, 1], [0, 3], "recall"],
  ["has one too many", [1, 2], [], "precision"],
  ["takes a mirrored pair for a plain one", [1, 2, 0, 3], [], "precision"],
])("near_duplicates fails where the finder %s", async (_, pairs, mirroredPairs, tensor) => {
  expect(await run(caseOf(pairs, mirroredPairs))).toMatchObject({ outcome: "failed", worst: { tensor } });
});
