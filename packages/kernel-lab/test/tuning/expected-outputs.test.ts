import { planKernel } from "@fledge/runtime";
import { afterAll, describe, expect, it } from "vitest";
import { KernelTensors } from "../../src/run-kernel.ts";
import { checkAgreement, roundingsOf } from "../../src/tuning/agreement.ts";
import { makeUpInputs } from "../../src/tuning/made-up-inputs.ts";
import { ExpectedOutputs } from "../../src/tuning/on-device/expected-outputs.ts";
import { doubleKernel } from "../support/double-kernel.ts";
import { openGpu } from "../support/open-gpu.ts";

const gpu = await openGpu();
const count = 300_001;
const plan = planKernel(doubleKernel({ id: "double/01-naive" }), { count }, { device: gpu.traits });
const tensors = new KernelTensors(gpu, plan, makeUpInputs(plan.tensors));
const outputs = await (await tensors.load(plan)).run();
const out = outputs["out"] as Float32Array<ArrayBuffer>;
const roundings = roundingsOf(plan, outputs);
const kept = new ExpectedOutputs(gpu, plan, tensors.slices, roundings);
afterAll(() => {
  kept.free();
  tensors.free();
});

/** What the device and the host say of the outputs with one element changed. */
async function judged(change: (value: number) => number, factor = 1): Promise<[onDevice: boolean, onHost: boolean]> {
  const changed = out.slice();
  changed[count - 1] = change(out[count - 1]!);
  gpu.write(tensors.slices["out"]!, changed);
  const onDevice = await kept.areThere(factor);
  try {
    checkAgreement(plan, outputs, roundings, { out: changed }, factor);
    return [onDevice, true];
  } catch {
    return [onDevice, false];
  }
}

const { relative } = roundings["out"]!.boundsTimes(1);

describe("outputs held against the reference's on the device", () => {
  it.each<[string, (value: number) => number, number, boolean]>([
    ["the same", (value) => value, 1, true],
    ["within the bound", (value) => value * (1 + 0.9 * relative), 1, true],
    ["outside of it", (value) => value + 4 * relative * (Math.abs(value) + 4), 1, false],
    ["outside, within a wider one", (value) => value + 4 * relative * (Math.abs(value) + 4), 100, true],
    ["NaN", () => NaN, 1e6, false],
    ["infinite", () => Infinity, 1e6, false],
    ["of the other sign", (value) => -value, 1, false],
  ])("are judged as on the host: %s", async (_, change, factor, sound) => {
    expect(await judged(change, factor)).toEqual([sound, sound]);
  });
});
