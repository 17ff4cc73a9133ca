import type { Gpu } from "../gpu.ts";
import type { KernelPlan } from "../kernel.ts";
import type { Candidates } from "./candidates.ts";
import { withEntrants } from "./entrants.ts";
import { race, type RaceResult } from "./race.ts";

/** Times plans of one kernel and shape against each other, the default first. */
export type RacePlans = (plans: readonly KernelPlan[]) => Promise<RaceResult>;

/** Candidates and how they came in. */
export interface Tuned {
  readonly candidates: Candidates;
  readonly result: RaceResult;
}

/** At so many shapes of its kernel in a row a rung must be given up before it is not tried at the larger ones. */
const patience = 3;

const onDevice =
  (gpu: Gpu): RacePlans =>
  (plans) =>
    withEntrants(gpu, plans, race);

/**
 * Times each kernel and shape's candidates on scratch memory, one shape after the other as they are asked for. Where
 * one candidate is left, it wins untimed.
 * @param racePlans times plans; for tests, which time nothing
 */
export async function* tune(gpu: Gpu, all: readonly Candidates[], racePlans = onDevice(gpu)): AsyncGenerator<Tuned> {
  const givenUp = new Map<string, number>();
  for (const candidates of all) {
    const plans = candidates.plans.filter(({ rung }, index) => index === 0 || (givenUp.get(rung) ?? 0) < patience);
    const result = plans.length > 1 ? await racePlans(plans) : { winner: plans[0]!.rung, timesUs: {} };
    for (const [rung, timeUs] of Object.entries(result.timesUs)) {
      givenUp.set(rung, timeUs === null ? (givenUp.get(rung) ?? 0) + 1 : 0);
    }
    yield { candidates, result };
  }
}
