import type { RacePlans } from "@fledge/kernel-lab";
import { choiceText, type Gpu, type KernelUse } from "@fledge/runtime";
import { presets } from "../../src/config/presets.ts";
import type { Config } from "../../src/config/schema.ts";
import { kernelUsesOf } from "../../src/stages/programs.ts";

const demo = presets["demo"]!;

/** The settings of `narrow` in birds.ts, for three classes. */
export const narrowConfig: Config = {
  ...demo,
  data: { ...demo.data, imageSize: 32 },
  network: { ...demo.network, depth: 18, width: 4 },
  training: { ...demo.training, batchSize: 8 },
};

export const narrowUses = (gpu: Gpu): KernelUse[] => kernelUsesOf(gpu, narrowConfig, 3);

/** Times nothing and lets the last candidate win: on this adapter a rung that nobody would choose. */
export const lastWins: RacePlans = (plans) =>
  Promise.resolve({
    winner: choiceText(plans.at(-1)!),
    timesUs: Object.fromEntries(plans.map((plan, index) => [choiceText(plan), 10 - index])),
    leftOut: {},
  });
