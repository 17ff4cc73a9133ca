import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { distinctCandidates, NoReferenceError, tune, type Candidates, type RacePlans } from "@fledge/kernel-lab";
import { chosenRung, parseWgsl, planKernel, planVersion, type KernelUse } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { beforeEach, expect, it } from "vitest";
import { UsageError } from "../../src/config/resolve.ts";
import { choicesOf, kernelRecordOf } from "../../src/run/kernels-file.ts";
import { TuningCache } from "../../src/tuning/cache.ts";
import { chooseKernels, defaultOf, leftOutOf, rungOf, type ChoosingOptions } from "../../src/tuning/choose.ts";
import { temporaryFolder } from "../folder.ts";
import { lastWins, narrowUses } from "./fixtures.ts";

const root = await temporaryFolder();
const gpu = await openTestGpu();
const uses = narrowUses(gpu);
let raced: string[];

const racePlans: RacePlans = (plans, candidates) => {
  raced.push(plans[0]!.kernel);
  return lastWins(plans, candidates);
};

async function choose(
  options: Partial<ChoosingOptions> = {},
  of: readonly KernelUse[] = uses,
): Promise<{ kernel: string; rung: string; fallback: string; candidates: number }[]> {
  raced = [];
  const chosen = await chooseKernels(gpu, of, {
    cache: await TuningCache.open(gpu.adapter),
    timeMissing: true,
    racePlans,
    ...options,
  });
  return chosen.map((one) => ({
    kernel: one.candidates.kernel,
    rung: rungOf(one),
    fallback: defaultOf(one),
    candidates: one.candidates.plans.length,
  }));
}

beforeEach(async () => {
  process.env["FLEDGE_CACHE"] = await mkdtemp(join(root, "cache-"));
});

it("checks and times each shape once, one that has a default alone too, and takes the winners from then on", async () => {
  const progress: [number, number][] = [];
  const first = await choose({ onProgress: (...now) => progress.push(now) });
  const several = first.filter(({ candidates }) => candidates > 1);
  expect(several.length).toBeGreaterThan(20);
  expect(several.length).toBeLessThan(first.length);
  expect(raced).toEqual(first.map(({ kernel }) => kernel));
  expect(progress).toEqual(Array.from({ length: raced.length + 1 }, (_, timed) => [timed, raced.length]));
  expect(several.every(({ rung, fallback }) => rung !== fallback)).toBe(true);
  expect(await choose()).toEqual(first);
  expect(raced).toEqual([]);
  expect(await choose({ again: true })).toEqual(first);
  expect(raced).toHaveLength(first.length);
});

it("times nothing where it must not: then what the cache lacks runs its default", async () => {
  const convolutions = uses.filter(({ kernel }) => kernel.name === "conv2d-forward");
  await choose({}, convolutions);
  const chosen = await choose({ timeMissing: false });
  expect(raced).toEqual([]);
  for (const { kernel, rung, fallback, candidates } of chosen) {
    expect(rung !== fallback, kernel).toBe(kernel === "conv2d-forward" && candidates > 1);
  }
});

it("times a kernel again whose module was edited, and no other", async () => {
  await choose();
  const edited = (use: KernelUse): KernelUse => {
    if (use.kernel.name !== "batchnorm-apply") return use;
    const rungs = use.kernel.rungs.map((rung) => ({
      ...rung,
      module: parseWgsl(`${rung.module.source}\nconst EDITED = 1u;`),
    }));
    return { ...use, kernel: { ...use.kernel, rungs } };
  };
  await choose({}, uses.map(edited));
  expect([...new Set(raced)]).toEqual(["batchnorm-apply"]);
});

it("says where a kernel cannot be checked, and what runs it nevertheless", async () => {
  const racePlans: RacePlans = () => Promise.reject(new NoReferenceError("add/01-naive fails"));
  const choosing = choose({ racePlans });
  await expect(choosing).rejects.toThrow("add/01-naive fails. A run with --no-tune takes the defaults, unchecked");
  await expect(choosing).rejects.toBeInstanceOf(UsageError);
});

it("can check every kernel: its reference rung has a result on what the tuner makes up", async () => {
  const referencesAlone = distinctCandidates(uses, gpu.traits).map((one) => ({ ...one, plans: [], tiles: [] }));
  let checked = 0;
  for await (const { candidates, result } of tune(gpu, referencesAlone)) {
    expect(result).toEqual({ winner: candidates.reference.rung, timesUs: {}, leftOut: {} });
    checked += 1;
  }
  expect(checked).toBe(referencesAlone.length);
});

it("takes a rung with the constants of a tile that won, keeps them, records them and plans with them", async () => {
  const use = uses.find(({ kernel }) => kernel.rungs.every(({ module }) => "WORKGROUP" in module.constants));
  const tile = { WORKGROUP: 32 };
  const rungs = use!.kernel.rungs.map((rung) => ({ ...rung, tiles: () => [tile] }));
  const tiled: KernelUse = { ...use!, kernel: { ...use!.kernel, rungs } };
  const tileWins: RacePlans = (plans, { tiles }) => lastWins([...plans, tiles[0]!], { tiles } as Candidates);
  const cache = await TuningCache.open(gpu.adapter);
  await chooseKernels(gpu, [tiled], { cache, timeMissing: true, racePlans: tileWins });
  const again = await TuningCache.open(gpu.adapter);
  const [known] = await chooseKernels(gpu, [tiled], { cache: again, timeMissing: false });
  const record = kernelRecordOf(known!, gpu.traits);
  expect(rungOf(known!)).toBe(`${record.rung} WORKGROUP=32`);
  expect(record).toMatchObject({ kernel: use!.kernel.name, tile, by: "tuned" });
  const { rung } = record;
  const planned = planKernel(tiled.kernel, tiled.shape, {
    device: gpu.traits,
    ...chosenRung(choicesOf([record]), tiled),
  });
  expect(planned).toMatchObject({ rung, tile });
  expect(planVersion(planned)).toBe(record.version);
  expect(planned.dispatches[0]!.wgsl).toMatch(/const WORKGROUP = 32u/);
});

it("keeps and tells why rungs were left out, also where the reference rung won that is no candidate", async () => {
  const [use] = uses.filter(({ kernel }) => kernel.name === "conv2d-forward");
  const leaveOut: RacePlans = (plans, { reference }) =>
    Promise.resolve({
      winner: reference.rung,
      timesUs: {},
      leftOut: Object.fromEntries(plans.map(({ rung }) => [rung, "it disagrees"])),
    });
  const cache = await TuningCache.open(gpu.adapter);
  const [first] = await chooseKernels(gpu, [use!], { cache, timeMissing: true, racePlans: leaveOut });
  const again = await TuningCache.open(gpu.adapter);
  const [known] = await chooseKernels(gpu, [use!], { cache: again, timeMissing: false });
  for (const chosen of [first!, known!]) {
    expect(rungOf(chosen)).toBe("conv2d-forward/01-naive");
    expect(kernelRecordOf(chosen, gpu.traits)).toMatchObject({ rung: "conv2d-forward/01-naive", by: "tuned" });
    expect(leftOutOf(chosen)).toEqual(chosen.candidates.plans.map(({ rung }) => [rung, "it disagrees"]));
  }
});
