import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { readDataset } from "@fledge/data";
import { Gpu } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it, vi } from "vitest";
import { doneOf } from "../../src/cost/done.ts";
import { runCost, flopsIn, stepsIn, type RunCost } from "../../src/cost/run-cost.ts";
import { choicesOf, type KernelRecord } from "../../src/run/kernels-file.ts";
import { RunDirectory } from "../../src/run/run-directory.ts";
import { drawBirds, small } from "../birds.ts";
import { run } from "../fledge.ts";
import { temporaryFolder } from "../folder.ts";

/** What programs did, a step being what takes a learning rate. */
const ran = vi.hoisted(() => ({ flops: 0, batches: 0, steps: 0 }));

vi.mock(import("@fledge/autograd"), async (original) => {
  const real = await original();
  return {
    ...real,
    compile: async (...args: Parameters<typeof real.compile>) => {
      const program = await real.compile(...args);
      const { flops } = program.explain();
      const isStep = "learningRate" in args[1];
      const runReal = program.run.bind(program);
      program.run = (inputs) => {
        ran.flops += flops;
        ran.batches += 1;
        ran.steps += Number(isStep);
        return runReal(inputs);
      };
      return program;
    },
  } as typeof real;
});

const folder = await temporaryFolder();
const gpu = await openTestGpu();

async function bytesIn(path: string): Promise<number> {
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter((file) => file.isFile())
    .map(async (file) => (await stat(join(file.parentPath, file.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

const birds = await drawBirds(join(folder, "birds"));

/** A whole run, beside what it was said to cost. */
async function runBeside(name: string, ...flags: string[]) {
  Object.assign(ran, { flops: 0, batches: 0, steps: 0 });
  let peak = 0;
  const allocate = Reflect.get(Gpu.prototype, "allocateBytes") as Gpu["allocateBytes"];
  const spy = vi.spyOn(Gpu.prototype, "allocateBytes").mockImplementation(function (this: Gpu, size, label) {
    const slice = allocate.call(this, size, label);
    peak = Math.max(peak, this.allocatedBytes);
    return slice;
  });
  const path = join(folder, name);
  const { code, output } = await run("reproduce", ...birds, ...small, ...flags, "--run", path);
  spy.mockRestore();
  expect(code, output).toBe(0);
  const opened = await RunDirectory.open(path);
  const { config } = opened;
  const kernels = JSON.parse((await opened.read("kernels.json"))!) as KernelRecord[];
  const [labelled, unlabelled] = [readDataset(config.data.labelled), readDataset(config.data.unlabelled!)];
  const cost = runCost({
    gpu,
    config,
    choices: choicesOf(kernels),
    data: { labelled, unlabelled },
    done: await doneOf(opened),
  });
  return { cost, peak, disk: await bytesIn(path) };
}

const batchesIn = ({ whole }: RunCost): number =>
  whole.flatMap(({ runs }) => runs).reduce((sum, { count }) => sum + count, 0);

describe.each([
  [
    "an own labelling teacher, with images held out",
    ["--set", "pseudoLabels.from=own-split", "--set", "pseudoLabels.heldOut=0.3", "--epochs", "2,2,1"],
  ],
  [
    "labels before each epoch, two generations, averages that label, central crops",
    [
      "--set",
      "pseudoLabels.made=epoch",
      "--set",
      "generations.count=2",
      "--set",
      "training.ema.use=teacher",
      "--set",
      "views.evaluation=center",
      "--epochs",
      "1,1,1",
    ],
  ],
  [
    "labels made once, both kinds of images at once",
    ["--set", "pseudoLabels.made=generation", "--set", "student.objective=joint", "--epochs", "1,1,1"],
  ],
  ["FixMatch", ["--set", "method=fixmatch", "--set", "fixmatch.unlabelledPerLabelled=2", "--epochs", "1,1,1"]],
] as const)("a run with %s", (name, flags) => {
  it("does the steps and operations that were said, in the memory and on about the disk that were", async () => {
    const { cost, peak, disk } = await runBeside(name.replaceAll(/\W/g, "-"), ...flags);
    expect(stepsIn(cost.whole)).toBe(ran.steps);
    expect(batchesIn(cost)).toBe(ran.batches);
    expect(flopsIn(cost.whole)).toBe(ran.flops);
    expect(cost.memory.bytes).toBe(peak);
    // Report and records are a guess; weights and optimiser are most of a real run.
    expect(cost.diskBytes / disk).toBeGreaterThan(0.8);
    expect(cost.diskBytes / disk).toBeLessThan(1.25);
    expect(flopsIn(cost.left)).toBe(0);
  });
});
