import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { sampleFile, type Dataset } from "../src/dataset.ts";
import { findRepeats, type Repeats } from "../src/overlap/find-repeats.ts";
import { readDataset } from "../src/readers/read-dataset.ts";
import { copyOf, drawScene, kinds } from "../test/overlap/scenes.ts";

/*
 * How many repeats are found: those of the demo data by seed, and copies of every kind of the demo's images and of other
 * drawings. CPU time, since the machine may have other work, on the calling thread.
 *
 *   npx tsx packages/data/bench/measure-overlap.ts [seeds, as 2010,1,2] [copies of a kind]
 */

const seeds = (process.argv[2] ?? "2010,1,2").split(",").map(Number);
const copies = Number(process.argv[3] ?? 100);

/** Images of both CUB data sets, and the pairs among them. */
const cubImages = 6033 + 11788;
const cubPairs = (cubImages * (cubImages - 1)) / 2;

const root = mkdtempSync(join(tmpdir(), "fledge-overlap-"));

/** Searches on the calling thread and tells the CPU time of an image and of a pair, in us. */
async function timed(datasets: readonly Dataset[]): Promise<{ found: Repeats; imageUs: number; pairUs: number }> {
  let before = process.cpuUsage();
  const costs = { images: 0, pairs: 0 };
  const onProgress = (stage: "images" | "pairs", done: number, total: number): void => {
    if (done < total) return;
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    costs[stage] = (user + system) / total;
  };
  const found = await findRepeats(datasets, { workers: 0, onProgress });
  return { found, imageUs: costs.images, pairUs: costs.pairs };
}

async function demo(seed: number): Promise<Dataset> {
  const folder = join(root, `demo-${seed}`);
  await makeDemoDataset(folder, { seed });
  const sets = ["CUB_200_2010", "CUB_200_2011"].map((name) => readDataset(join(folder, name)));
  const lines = readFileSync(join(folder, "overlap-truth.csv"), "utf8").trimEnd().split("\n").slice(1);
  const tail = (path: string): string => path.split("/").slice(-2).join("/");
  const truth = new Set(lines.map((line) => line.split(",").map(tail).join(" ")));
  const { found, imageUs, pairUs } = await timed(sets);
  const names = found.pairs.map(({ first, second }) =>
    [first, second].map(({ set, index }) => tail(sets[set]!.samples[index]!.path)).join(" "),
  );
  const right = names.filter((pair) => truth.has(pair)).length;
  const least = Math.min(...found.pairs.map(({ score }) => score));
  const seconds = (cubImages * imageUs + cubPairs * pairUs) / 1e6;
  console.log(
    `demo, seed ${seed}: ${right} of ${truth.size} repeats, ${names.length - right} false, least score ${least.toFixed(3)}; ` +
      `CPU: ${(imageUs / 1e3).toFixed(1)} ms an image, ${pairUs.toFixed(1)} us a pair; both CUBs: ${Math.round(seconds)} s`,
  );
  return sets[0]!;
}

/** Copies of every kind, each looked for among all originals and copies of its kind. */
async function copiesOf(name: string, original: (i: number) => Promise<Buffer>): Promise<void> {
  for (const kind of kinds) {
    const sets: Dataset[] = [];
    const folder = join(root, `${name}-${kind}`);
    for (const set of ["a", "b"]) {
      mkdirSync(join(folder, set, "birds"), { recursive: true });
      for (let i = 0; i < copies; i++) {
        const image = await original(i);
        const shown = set === "a" ? image : await copyOf(image, kind, i);
        writeFileSync(join(folder, set, "birds", `${String(i).padStart(4, "0")}.png`), shown);
      }
      sets.push(readDataset(join(folder, set)));
    }
    const { found } = await timed(sets);
    const right = found.pairs.filter(({ first, second }) => first.set !== second.set && first.index === second.index);
    console.log(`${name}, ${kind}: ${right.length} of ${copies}, ${found.pairs.length - right.length} false`);
    rmSync(folder, { recursive: true });
  }
}

try {
  let drawn: Dataset | undefined;
  for (const seed of seeds) drawn = await demo(seed);
  const step = Math.max(1, Math.floor((drawn?.samples.length ?? 0) / copies));
  if (drawn) {
    const { samples } = drawn;
    await copiesOf("demo images", async (i) => readFileSync(sampleFile(drawn, samples[(i * step) % samples.length]!)));
  }
  await copiesOf("other drawings", (i) => drawScene({ bird: i, place: i, background: i }));
} finally {
  rmSync(root, { recursive: true, force: true });
}
