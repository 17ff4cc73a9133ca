import { expect, it } from "vitest";
import { distinctCandidates } from "../../src/tuning/candidates.ts";
import { tune, type RacePlans, type Tuned } from "../../src/tuning/tune.ts";
import { parseWgsl } from "../../src/wgsl/module.ts";
import { openGpu } from "../support/open-gpu.ts";
import { ladder, onCounts } from "./fixtures.ts";

const gpu = await openGpu();

async function tuned(...args: Parameters<typeof tune>): Promise<Tuned[]> {
  const all: Tuned[] = [];
  for await (const one of tune(...args)) all.push(one);
  return all;
}

it("times every candidate on this adapter and leaves no memory behind", async () => {
  const kernel = ladder({ id: "add/02-narrow", constants: () => ({ WG: 32 }) }, { id: "add/01-naive" });
  const before = gpu.allocatedBytes;
  const uses = onCounts(kernel, 1000, 70_000);
  const all = await tuned(gpu, distinctCandidates(uses, gpu.traits));
  expect(all.map(({ candidates }) => candidates.shape)).toEqual(uses.map(({ shape }) => shape));
  for (const { result } of all) {
    expect(Object.keys(result.timesUs)).toEqual(["add/02-narrow", "add/01-naive"]);
    expect(Object.keys(result.timesUs)).toContain(result.winner);
    for (const timeUs of Object.values(result.timesUs)) expect(timeUs === null || timeUs > 0).toBe(true);
  }
  expect(gpu.allocatedBytes).toBe(before);
});

it("leaves out a challenger that this adapter does not compile", async () => {
  const { source } = ladder({ id: "add/01-naive" }).rungs[0]!.module;
  const module = parseWgsl(source.replace("var value", "var value: nonsense"));
  const kernel = ladder({ id: "add/01-naive" }, { id: "add/02-broken", module });
  const [one] = await tuned(gpu, distinctCandidates(onCounts(kernel, 64), gpu.traits));
  expect(one!.result.winner).toBe("add/01-naive");
  expect(Object.keys(one!.result.timesUs)).toEqual(["add/01-naive"]);
});

it("does not try a challenger at larger shapes that was given up at three in a row", async () => {
  const kernel = ladder({ id: "add/03-default" }, { id: "add/02-slow" }, { id: "add/01-slow-at-times" });
  const tried: string[][] = [];
  const racePlans: RacePlans = (plans) => {
    const rungs = plans.map(({ rung }) => rung);
    const race = tried.push(rungs) - 1;
    const slow = (rung: string): boolean => rung === "add/02-slow" || (rung === "add/01-slow-at-times" && race !== 1);
    const timesUs = Object.fromEntries(rungs.map((rung) => [rung, slow(rung) ? null : 1]));
    return Promise.resolve({ winner: rungs[0]!, timesUs });
  };
  await tuned(gpu, distinctCandidates(onCounts(kernel, 1, 2, 3, 4, 5, 6), gpu.traits), racePlans);
  const all = ["add/03-default", "add/02-slow", "add/01-slow-at-times"];
  const withoutSlow = ["add/03-default", "add/01-slow-at-times"];
  expect(tried).toEqual([all, all, all, withoutSlow, withoutSlow]);
});
