import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { compile, place, Sgd } from "@fledge/autograd";
import { distinctCandidates, type RacePlans } from "@fledge/kernel-lab";
import { Gpu, planKernel, planVersion, type KernelUse } from "@fledge/runtime";
import { beforeAll, describe, expect, it } from "vitest";
import { kernelUsesOf, programsOf, sourceOf } from "../../src/stages/programs.ts";
import { choicesOf, kernelRecordOf, type KernelRecord } from "../../src/run/kernels-file.ts";
import { newModel } from "../../src/stages/models.ts";
import { TuningCache } from "../../src/tuning/cache.ts";
import { chooseKernels } from "../../src/tuning/choose.ts";
import { drawBirds, narrow, small } from "../birds.ts";
import { run } from "../fledge.ts";
import { temporaryFolder } from "../folder.ts";
import { outcomeOf } from "../run-files.ts";
import { lastWins, narrowConfig, narrowUses } from "./fixtures.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const epochs = ["--epochs", "2,1,1"];
const begun = join(folder, "begun");
let uses: readonly KernelUse[];
let defaults: readonly string[];
/** What `useCache("unusual")` has for a 3x3 convolution of the network. */
let unusual: string;

const kernelsIn = async (path: string): Promise<KernelRecord[]> =>
  JSON.parse(await readFile(join(path, "kernels.json"), "utf8")) as KernelRecord[];
const rungsIn = async (path: string): Promise<string[]> => (await kernelsIn(path)).map(({ rung }) => rung);

/** A new cache folder, empty or with rungs that nobody would choose. */
async function useCache(kind: "empty" | "unusual"): Promise<void> {
  process.env["FLEDGE_CACHE"] = await mkdtemp(join(folder, "cache-"));
  if (kind === "empty") return;
  const gpu = await Gpu.open();
  await chooseKernels(gpu, uses, {
    cache: await TuningCache.open(gpu.adapter),
    timeMissing: true,
    racePlans: lastWins,
  });
  await gpu.close();
}

/** A copy of the run with a finished teacher. */
async function copy(name: string): Promise<string> {
  const path = join(folder, name);
  await cp(begun, path, { recursive: true });
  return path;
}

beforeAll(async () => {
  const gpu = await Gpu.open();
  uses = narrowUses(gpu);
  const convolution = uses.find(
    ({ kernel, shape }) => kernel.name === "conv2d-forward" && (shape as { KH: number }).KH === 3,
  )!;
  unusual = distinctCandidates([convolution], gpu.traits)[0]!.plans.at(-1)!.rung;
  defaults = uses.map(({ kernel, shape }) => planKernel(kernel, shape, { device: gpu.traits }).rung);
  await gpu.close();
  await useCache("unusual");
  await run("train", "teacher", ...birds, ...narrow, ...epochs, "--run", begun);
});

describe("a run", () => {
  it("begins with what was found for this adapter, records it, and goes on with it to the same bits when that has changed", async () => {
    expect((await kernelsIn(begun)).filter(({ by }) => by === "tuned").length).toBeGreaterThan(20);
    expect((await rungsIn(begun)).filter((rung) => !defaults.includes(rung)).length).toBeGreaterThan(10);
    const [same, changed] = [await copy("same cache"), await copy("changed cache")];
    expect((await run("train", "student", "--run", same)).code).toBe(0);
    await useCache("empty");
    const { code, output } = await run("train", "student", "--run", changed);
    expect(code, output).toBe(0);
    expect(await rungsIn(changed)).toEqual(await rungsIn(begun));
    expect(await outcomeOf(changed)).toEqual(await outcomeOf(same));
  });

  it("has other bits on the default rungs: the comparison above can fail", async () => {
    await useCache("unusual");
    const path = join(folder, "defaults");
    const { code, output } = await run("train", "teacher", ...birds, ...small, ...epochs, "--run", path);
    expect(code, output).toBe(0);
    expect((await kernelsIn(path)).every(({ rung, by }) => by === "default" && defaults.includes(rung))).toBe(true);
    expect(await outcomeOf(path)).not.toEqual(await outcomeOf(begun));
  });
});

describe("a run that began with a tile's constants", () => {
  const tile = { BM: 64, BN: 64, WORKGROUP: 64 };
  /** The run with all its convolutions on a rung for GPUs, its version that of `versionTile`. */
  async function begunWith(name: string, versionTile: typeof tile): Promise<string> {
    const path = await copy(name);
    const gpu = await Gpu.open();
    const rung = "conv2d-forward/20-prefetched";
    const records = (await kernelsIn(path)).map((record): KernelRecord => {
      const use = uses.find(({ kernel }) => kernel.name === record.kernel)!;
      if (record.kernel !== "conv2d-forward" || (record.shape as { IC: number }).IC % 4 !== 0) return record;
      const plan = planKernel(use.kernel, record.shape, { device: gpu.traits, rung, tile: versionTile });
      return { ...record, rung, tile, version: planVersion(plan) };
    });
    await gpu.close();
    await writeFile(join(path, "kernels.json"), JSON.stringify(records));
    return path;
  }

  it("goes on with them", async () => {
    const path = await begunWith("with tiles", tile);
    const before = await kernelsIn(path);
    expect(before.filter((record) => record.tile).length).toBeGreaterThan(3);
    const { code, output } = await run("evaluate", "--run", path);
    expect(code, output).toBe(0);
    expect(await kernelsIn(path)).toEqual(before);
  });

  it("does not go on where they give another module than they did", async () => {
    const path = await begunWith("with other tiles", { ...tile, BN: 128, WORKGROUP: 128 });
    const { code, output } = await run("evaluate", "--run", path);
    expect(code).toBe(1);
    expect(output).toMatch(/20-prefetched BM=64 BN=64 WORKGROUP=64 is another version of itself/);
  });
});

describe("a run whose kernels", () => {
  const edits: [string, (records: KernelRecord[]) => unknown, RegExp][] = [
    [
      "were edited since",
      ([first, ...rest]) => [{ ...first, version: "0" }, ...rest],
      /normalise-images\/.* is another version of itself\)/,
    ],
    [
      "are gone",
      ([first, ...rest]) => [{ ...first, rung: "normalise-images/99-gone" }, ...rest],
      /has no rung "normalise-images\/99-gone"/,
    ],
    [
      "have other shapes now",
      ([first, ...rest]) => [{ ...first, shape: { N: 9 } }, ...rest],
      /no program runs normalise-images on \{"N":9\} any more, and 1 more\)/,
    ],
    [
      "were timed on a driver of another kind",
      (records) =>
        records.map((record) => ({ ...record, softwareRoad: record.softwareRoad === "uniform" ? "lanes" : "uniform" })),
      /they were chosen for a software driver (older than|of) Mesa 25\.1.*, and this is .*FLEDGE_DRIVER=system/s,
    ],
    ["are not all recorded", ([, ...rest]) => rest, /it did not run normalise-images on \{/],
  ];
  it.each(edits)("%s does not go on, and says what would", async (name, edit, message) => {
    const path = await copy(name);
    await writeFile(join(path, "kernels.json"), JSON.stringify(edit(await kernelsIn(path))));
    const { code, output } = await run("evaluate", "--run", path);
    expect(code).toBe(1);
    expect(output).toMatch(message);
    expect(output).toMatch(
      /kernels.json: the kernels that this run began with .*environment.json, or remove kernels.json to go on/,
    );
  });

  it("file is damaged does not go on either", async () => {
    const path = await copy("damaged");
    await writeFile(join(path, "kernels.json"), "[{");
    const { code, output } = await run("evaluate", "--run", path);
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/kernels.json is no JSON: restore it, or remove it/) as string,
    ]);
  });

  it("file was removed goes on with kernels chosen anew", async () => {
    await useCache("empty");
    const path = await copy("removed");
    await rm(join(path, "kernels.json"));
    expect((await run("evaluate", "--run", path)).code).toBe(0);
    expect((await rungsIn(path)).every((rung) => defaults.includes(rung))).toBe(true);
  });
});

it.each([null, 5])(
  "has a choice for every kernel of the programs for full batches, at most %s images at once",
  async (microBatchSize) => {
    const config = { ...narrowConfig, training: { ...narrowConfig.training, microBatchSize } };
    const gpu = await Gpu.open();
    try {
      const options = { cache: await TuningCache.open(gpu.adapter), timeMissing: false };
      const chosen = await chooseKernels(gpu, kernelUsesOf(gpu, config, 3), options);
      const choices = choicesOf(chosen.map((one) => kernelRecordOf(one, gpu.traits)));
      const { network } = newModel(gpu, config, 3);
      const optimiser = new Sgd(network.parameters, { momentum: config.training.momentum });
      place(gpu, optimiser.variables);
      const actors = { network, optimiser, teacher: newModel(gpu, config, 3).network };
      for (const use of programsOf(config)) {
        const { size, atOnce } = use.batches;
        const program = await compile(gpu, ...sourceOf(use, config, actors)(size), { choices, atOnce });
        const { kernels } = program.explain();
        expect(kernels.length).toBeGreaterThan(40);
        expect(kernels.filter(({ choice }) => choice !== "tuned")).toEqual([]);
      }
    } finally {
      await gpu.close();
    }
  },
);

describe("fledge", () => {
  it("tune prints what is known, and what is best, and times nothing that is known", async () => {
    await useCache("unusual");
    const { code, output } = await run("tune", ...narrow, "--classes", "3");
    expect(code, output).toBe(0);
    expect(output).not.toContain("timing");
    expect(output).toMatch(/^kernel +shape +default +chosen +time +all, us$/m);
    expect(output).toMatch(
      /^conv2d-forward +N=8 IH=8 IW=8 IC=4 OC=4 KH=3 KW=3 stride=1 padding=1 +\S+ +\S+ +0\.\d\d  /m,
    );
    expect(output).toMatch(
      /\d+ kernel shapes have more than one rung to choose from, \d+ have one; \d+ take another than the default\. Kept in /,
    );
  });

  it("tune and a run that chooses say which rungs were left out, and why", async () => {
    process.env["FLEDGE_CACHE"] = await mkdtemp(join(folder, "cache-"));
    const gpu = await Gpu.open();
    const wrongDefaults: RacePlans = async (plans, candidates) => ({
      ...(await lastWins(plans, candidates)),
      leftOut: { [plans[0]!.rung]: "out[0] is NaN" },
    });
    const cache = await TuningCache.open(gpu.adapter);
    await chooseKernels(gpu, uses, { cache, timeMissing: true, racePlans: wrongDefaults });
    await gpu.close();
    const path = await copy("left out");
    await rm(join(path, "kernels.json"));
    for (const command of [
      ["tune", ...narrow, "--classes", "3"],
      ["evaluate", "--run", path],
    ]) {
      const { code, output } = await run(...command);
      expect(code, output).toBe(0);
      expect(output).toMatch(/conv2d-forward\/\S+ is left out on N=8 IH=8 IW=8 .*: out\[0\] is NaN/);
    }
  });

  it("explain tells tuned rungs from defaults", async () => {
    await useCache("unusual");
    const tuned = await run("explain", ...narrow, "--classes", "3");
    expect(defaults).not.toContain(unusual);
    expect(tuned.output).toMatch(new RegExp(`${unusual} +tuned `));
    expect(tuned.output).not.toMatch(/conv2d-forward\/\S+ +default /);
    const plain = await run("explain", ...small, "--classes", "3");
    expect(plain.output).toMatch(/conv2d-forward\/\S+ +default /);
    expect(plain.output).not.toMatch(/ tuned /);
  });

  it("explain shows what is computed at once: of training a part of a batch, of evaluation as many images as may be", async () => {
    const inParts = [...small, "--classes", "3", "--batch-size", "4", "--set", "training.microBatchSize=3"];
    const { output } = await run("explain", ...inParts);
    expect(output).toContain("a batch of 4 images is computed in parts of at most 3");
    expect(output).toContain("logits[2,3]");
    const evaluation = await run("explain", ...inParts, "--program", "predict");
    expect(evaluation.output).not.toContain("in parts");
    expect(evaluation.output).toContain("logits[3,3]");
  });

  it("says that a damaged cache is begun anew, and goes on", async () => {
    await useCache("unusual");
    const gpu = await Gpu.open();
    const { file } = await TuningCache.open(gpu.adapter);
    await gpu.close();
    await writeFile(file, "{");
    const { code, output } = await run("explain", ...narrow, "--classes", "3");
    expect(code).toBe(0);
    expect(output).toMatch(/\.json is damaged \(.*\): its kernels count as never timed/);
  });
});
