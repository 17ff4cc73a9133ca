import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { RacePlans } from "@fledge/kernel-lab";
import { parseWgsl, type KernelUse } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { beforeEach, expect, it } from "vitest";
import { kernelRecordOf } from "../../src/run/kernels-file.ts";
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

it("times each shape that has several candidates once, and takes the winners from then on", async () => {
  const progress: [number, number][] = [];
  const first = await choose({ onProgress: (...now) => progress.push(now) });
  const several = first.filter(({ candidates }) => candidates > 1);
  expect(raced).toEqual(several.map(({ kernel }) => kernel));
  expect(raced.length).toBeGreaterThan(20);
  expect(progress).toEqual(Array.from({ length: raced.length + 1 }, (_, timed) => [timed, raced.length]));
  expect(several.every(({ rung, fallback }) => rung !== fallback)).toBe(true);
  expect(await choose()).toEqual(first);
  expect(raced).toEqual([]);
  expect(await choose({ again: true })).toEqual(first);
  expect(raced).toHaveLength(several.length);
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
    expect(kernelRecordOf(chosen)).toMatchObject({ rung: "conv2d-forward/01-naive", by: "tuned" });
    expect(leftOutOf(chosen)).toEqual(chosen.candidates.plans.map(({ rung }) => [rung, "it disagrees"]));
  }
});
