import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { explainedJson, type ExplainedPlan } from "@fledge/autograd/explained";
import { Gpu } from "@fledge/runtime";
import { afterAll, expect, it } from "vitest";
import { explainCommand, type StepSizes } from "../src/engine/step-sizes.ts";
import { meanTimesUs, openStep } from "../src/engine/training-step.ts";

const fledge = join(import.meta.dirname, "../../orchestrator/bin/fledge.mjs");
const gpu = await Gpu.open();
afterAll(() => gpu.close());

const sizes: StepSizes = { depth: 18, width: 4, imageSize: 32, batch: 3, classes: 5 };

it("tells of a step what the command that it shows tells, in the same JSON", async () => {
  const before = gpu.allocatedBytes;
  const { plan, adapter, stepUs } = await openStep(gpu, sizes);
  expect(gpu.allocatedBytes).toBe(before);
  const untimed = plan.kernels.map(({ timeUs, ...kernel }) => {
    expect(timeUs === undefined).toBe(!gpu.traits.features.has("timestamp-query"));
    expect(timeUs ?? 0).toBeGreaterThanOrEqual(0);
    return kernel;
  });
  expect(stepUs).toBeGreaterThan(0);
  const command = [fledge, ...explainCommand(sizes), "--json", "--quiet"];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 2 ** 24 });
  expect(plan.kernels.length).toBeGreaterThan(100);
  const ours = explainedJson({ ...plan, kernels: untimed } satisfies ExplainedPlan, adapter);
  expect(JSON.parse(ours)).toEqual(JSON.parse(stdout));
  expect(`${ours}\n`).toBe(stdout);
});

it("tells of a kernel that is shorter than what its clock rounds to, and of none where no run tells of any", () => {
  expect(
    meanTimesUs([
      [0, 100, 0],
      [100, 100, 0],
      [0, 200, 0],
      [0, 100, 0],
    ]),
  ).toEqual([25, 125, 0]);
  expect(
    meanTimesUs([
      [0, 0],
      [0, 0],
    ]),
  ).toBeUndefined();
});

it("refuses a size by name, and frees what it took", async () => {
  const before = gpu.allocatedBytes;
  await expect(openStep(gpu, { ...sizes, batch: 0 })).rejects.toThrow("batch: give a whole number from 1 to 64");
  await expect(openStep(gpu, { ...sizes, width: NaN })).rejects.toThrow("width: give a whole number");
  await expect(openStep(gpu, { ...sizes, depth: 20 as 18 })).rejects.toThrow("depth: 20 is none of 18, 34");
  expect(gpu.allocatedBytes).toBe(before);
});
