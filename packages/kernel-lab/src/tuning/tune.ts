import type { Gpu, KernelPlan } from "@fledge/runtime";
import type { Candidates } from "./candidates.ts";
import { raceOnDevice, type TuneResult } from "./race-on-device.ts";

/** Checks and times plans of one kernel and shape against each other, the default first. */
export type RacePlans = (plans: readonly KernelPlan[], candidates: Candidates) => Promise<TuneResult>;

/** Candidates and how they came in. */
export interface Tuned {
  readonly candidates: Candidates;
  readonly result: TuneResult;
}

/** At so many shapes of its kernel in a row a rung must be given up before it is not tried at the larger ones. */
const patience = 3;

/**
 * Checks and times each kernel and shape's candidates, one shape after the other as they are asked for; a default that
 * nothing challenges is checked too.
 * @param racePlans for tests, which time nothing
 * @throws NoReferenceError where the reference rung of a kernel and shape has no result
 */
export async function* tune(
  gpu: Gpu,
  all: readonly Candidates[],
  racePlans: RacePlans = (plans, candidates) => raceOnDevice(gpu, plans, candidates),
): AsyncGenerator<Tuned> {
  const givenUp = new Map<string, number>();
  for (const candidates of all) {
    const plans = candidates.plans.filter(({ rung }, index) => index === 0 || (givenUp.get(rung) ?? 0) < patience);
    const named = new Set(plans.map(({ rung }) => rung));
    const tiles = candidates.tiles.filter((tile) => named.has(tile.rung));
    const result = await racePlans(plans, { ...candidates, tiles });
    for (const [rung, timeUs] of Object.entries(result.timesUs)) {
      givenUp.set(rung, timeUs === null ? (givenUp.get(rung) ?? 0) + 1 : 0);
    }
    yield { candidates, result };
  }
}
