import {
  calibrate,
  spreadOf,
  timeInRounds,
  warmUp,
  type Entrant,
  type LoadedPlan,
  type Random,
  type Spread,
} from "@fledge/kernel-lab";
import type { Gpu } from "@fledge/runtime";
import type { Budget } from "./budgets.ts";

/**
 * Time of one run of each plan in microseconds.
 * @param totalMs time for all samples together, which only the least number of samples may overrun
 */
export async function timeDispatches(
  gpu: Gpu,
  plans: readonly LoadedPlan[],
  { batchMs, minSamples, maxSamples }: Budget,
  totalMs: number,
  random: Random,
): Promise<Spread[]> {
  const shareUs = (1000 * totalMs) / plans.length;
  const entrants: Entrant[] = [];
  const timers = plans.map(
    ({ dispatches }) =>
      (repeats: number): Promise<number> =>
        gpu.timeUs(dispatches, repeats),
  );
  await warmUp(gpu, timers[0]!); // The host has judged results meanwhile, and the device idled.
  for (const time of timers) {
    const { repeats, timeUs } = await calibrate(time, 1000 * batchMs);
    const affordable = Math.floor(shareUs / (repeats * timeUs));
    entrants.push({ time, repeats, samples: Math.min(maxSamples, Math.max(minSamples, affordable)) });
  }
  return (await timeInRounds(entrants, random)).map(spreadOf);
}
