import { tracePlan, UntraceableError, type DispatchTrace } from "@fledge/kernel-lab";
import { Gpu, planKernel, UnsupportedRungError } from "@fledge/runtime";
import { ladderTask } from "@fledge/testing/browser";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { listLadders } from "../build/plugins.ts";
import { loadLadder } from "../src/engine/ladders.ts";
import { smallConstants } from "../src/engine/small-shapes.ts";
import { problemFor, traceRung } from "../src/engine/trace.ts";
import { allSteps, tally } from "../src/ui/moves/words.ts";

// What a page's build resolves by the condition "browser": test and benchmark files say what they have, and run nothing.
vi.mock("@fledge/testing", () => import("@fledge/testing/browser"));
vi.mock("@fledge/bench", () => import("@fledge/bench/browser"));

let gpu: Gpu;
beforeAll(async () => {
  gpu = await Gpu.open();
});
afterAll(() => gpu.close());

/** How often each cell of the outputs is written, by name; what is updated in place counts too. */
function writesOf(dispatches: readonly DispatchTrace[]): Map<string, number[]> {
  const writes = new Map<string, number[]>();
  for (const dispatch of dispatches)
    for (const { memory, writes: own } of tally(dispatch.memories, allSteps(dispatch))) {
      if (memory.role !== "out" && memory.role !== "inout") continue;
      const before = writes.get(memory.name);
      writes.set(memory.name, before ? before.map((count, cell) => count + own[cell]!) : [...own]);
    }
  return writes;
}

/** Outputs whose elements are not written just once: the least and the most times. */
const otherwise: Readonly<Record<string, readonly [least: number, most: number]>> = {
  // Zeros first, then the terms of up to five of a row's logits.
  "dlr-gradient dLogits": [1, 6],
  // Kept where a step found a smaller loss.
  "attack-step best": [0, 1],
  "attack-step bestGradient": [0, 1],
  // By whoever finds a gradient that is not finite.
  "sgd-check-finite overflowed": [0, Infinity],
  // Counted up, and set back where the scale grows.
  "sgd-adapt-scale growthTracker": [1, 2],
  // A job changes the pixels of its own result, and builds tables only where its kind has some.
  ...Object.fromEntries(
    ["map-values", "blend", "affine-nearest", "shear-bicubic", "paint-rectangle", "crop-resize"].map(
      (kernel) => [`${kernel} images`, [0, 1]] as const,
    ),
  ),
  "value-tables tables": [0, 1],
};

/** Rungs whose emulated subgroups were held against the adapter's own. */
let compared = 0;

const ladders = (await listLadders()).flatMap(({ project, ladders: all }) =>
  all.map(({ name }) => [project, name] as const),
);

/** Of a convolution's rungs, whose pictures take five minutes together, every fourth; neighbours share most of their passes. */
const walked = <R>(name: string, rungs: readonly R[]): readonly R[] =>
  name.startsWith("conv2d-") ? rungs.filter((_, i) => i % 4 === 3) : rungs;

it.each(ladders)("shows the rungs' moves, or says why not: %s %s", { timeout: 900_000 }, async (project, name) => {
  const ladder = await loadLadder(project, name);
  const faults: string[] = [];
  for (const { id, module } of walked(name, ladder.kernel.rungs)) {
    const traced = await traceRung(gpu, ladder, { rung: id }).catch((error: unknown) => {
      const spared = gpu.traits.slowCompiler === true && (error as Error).message.endsWith("to compile it");
      if (error instanceof UnsupportedRungError && spared) return null;
      if (error instanceof UntraceableError && /\bsubgroup_matrix_/.test(module.code)) return null;
      throw new Error(`${id}: ${(error as Error).message}`, { cause: error });
    });
    if (traced === null) continue;
    const { shape, dispatches, mismatch, emulated } = traced;
    if (mismatch !== null) faults.push(`${id}: ${mismatch}`);
    const writes = writesOf(dispatches);
    for (const [tensor, { role }] of Object.entries(ladder.kernel.tensors(shape))) {
      if (role === "in") continue;
      const counts = writes.get(tensor) ?? [0];
      const [least, most] = otherwise[`${name} ${tensor}`] ?? [1, 1];
      const found = [Math.min(...counts), Math.max(...counts)] as const;
      if (!(found[0] >= least && found[1] <= most && (found[1] > 0 || most === Infinity)))
        faults.push(`${id}: elements of ${tensor} are written ${found.join(" to ")} times, not ${least} to ${most}`);
    }
    // What the page shows on an adapter without these is what this one does.
    const lacking = {
      ...(/\benable subgroups\b/.test(module.code) && { subgroupLanes: 8 }),
      ...(/\benable f16\b/.test(module.code) && { halves: true }),
    } as const;
    if (Object.keys(lacking).length === 0 || Object.keys(emulated).length > 0) continue;
    const tile = smallConstants(id, module.constants);
    const plan = planKernel(ladder.kernel, shape, { device: gpu.traits, rung: id, tile });
    const { inputs } = ladderTask({ ...problemFor(ladder, shape), kernel: ladder.kernel }, "moves", shape);
    const { dispatches: elsewhere } = await tracePlan(gpu, plan, inputs, lacking);
    expect(withoutText(elsewhere), id).toEqual(withoutText(dispatches));
    if (lacking.subgroupLanes !== undefined) compared += 1;
  }
  expect(faults).toEqual([]);
});

it("compares emulated subgroups with an adapter's own where that has as many lanes", () => {
  expect(compared > 0).toBe(gpu.traits.subgroupSize === 8);
});

/** Without the statements' text, which names another type where f16 is emulated. */
const withoutText = (dispatches: readonly DispatchTrace[]) =>
  dispatches.map(({ groups, ...dispatch }) => ({
    ...dispatch,
    groups: groups.map((steps) => steps.map((step) => ({ ...step, text: "" }))),
  }));
