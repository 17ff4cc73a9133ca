import { existsSync } from "node:fs";
import { join } from "node:path";
import { listAdapters } from "@fledge/runtime";
import { expect, it, onTestFinished, vi } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const settings = [...birds, ...small, "--epochs", "3,2,2", "--set", "training.stepSize=3"];

await listAdapters(); // WebGPU's classes are globals from then on.

/** Loses the n-th device that is opened from now on as soon as the n-th condition holds. */
function loseDevices(...conditions: readonly (() => boolean)[]): void {
  const { value } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "requestDevice")!;
  const requestDevice = value as GPUAdapter["requestDevice"];
  let opened = 0;
  vi.spyOn(GPUAdapter.prototype, "requestDevice").mockImplementation(async function (this: GPUAdapter, ...args) {
    const device = await requestDevice.apply(this, args);
    const condition = conditions[opened++];
    if (condition) {
      const watch = setInterval(() => {
        if (!condition()) return;
        clearInterval(watch);
        device.destroy();
      }, 1);
      onTestFinished(() => clearInterval(watch));
    }
    return device;
  });
  onTestFinished(() => void vi.restoreAllMocks());
}

it("goes on by itself on a fresh device, however far it had come, and ends in the same bits", async () => {
  const whole = join(folder, "whole");
  expect((await run("reproduce", ...settings, "--run", whole)).code).toBe(0);

  const cut = join(folder, "cut");
  const there =
    (...file: string[]) =>
    () =>
      existsSync(join(cut, ...file));
  loseDevices(there("teacher", "last.safetensors"), there("student", "metrics.jsonl"), there("results.json"));
  const { code, output } = await run("reproduce", ...settings, "--run", cut);
  expect(code, output).toBe(0);
  for (const loss of [1, 2, 3])
    expect(output.replaceAll(/\s+/g, " ")).toContain(
      `going on from the last checkpoint on a fresh device (loss ${loss} of at most 3, see --max-device-losses)`,
    );
  expect(output).toMatch(/teacher: training goes on after epoch [123], 3 epochs in all/);
  expect(await outcomeOf(cut)).toEqual(await outcomeOf(whole));
});

it("gives up after as many losses as it is told, and says how to go on", async () => {
  const cut = join(folder, "given-up");
  const begun = (): boolean => existsSync(join(cut, "kernels.json"));
  loseDevices(begun, begun);
  const { code, output } = await run("train", "teacher", ...settings, "--run", cut, "--max-device-losses", "1");
  expect(code).toBe(1);
  expect(output).toContain("loss 1 of at most 1");
  expect(output.replaceAll(/\s+/g, " ")).toMatch(
    new RegExp(
      `the GPU device was lost \\(destroyed\\): .*, 2 times in all. "npx fledge train teacher --run ${cut} --resume --no-tune --max-device-losses 1" goes on`,
    ),
  );
  expect(output).not.toMatch(/^\s+at /m);
});

it("does not go on where it is told not to", async () => {
  const cut = join(folder, "never");
  loseDevices(() => existsSync(join(cut, "kernels.json")));
  const { code, output } = await run("train", "teacher", ...settings, "--run", cut, "--max-device-losses", "0");
  expect(code).toBe(1);
  expect(output).not.toContain("going on");
});
