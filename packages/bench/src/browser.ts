import type { LadderBench } from "./ladder.ts";

export { budgets } from "./budgets.ts";
export { benchCase, type Problem } from "./ladder-case.ts";
export { ratingOf } from "./ladder-rates.ts";
export type { CaseResult, LadderResult } from "./ladder-result.ts";
export type { LadderBench } from "./ladder.ts";
export { serialise } from "./serialise.ts";

/** What the benchmark scripts that a page loads say of their kernels, in place of their measurements. */
export const collectedBenches: LadderBench<never>[] = [];

/** The browser's `benchLadder`: a page loads a kernel's benchmark, and measures when its visitor asks for it. */
export async function benchLadder<Shape>(ladder: LadderBench<Shape>): Promise<void> {
  collectedBenches.push(ladder as unknown as LadderBench<never>);
}
