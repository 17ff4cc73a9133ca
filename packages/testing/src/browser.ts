import type { LadderTests } from "./ladder-trial.ts";

export type { TensorData } from "@fledge/kernel-lab";
export { withEdits, type Puzzle } from "./puzzle.ts";
export { floorTask, ladderTask, tryRung, type LadderTests } from "./ladder-trial.ts";

/** What the test files that a page loads say of their kernels, in place of a test runner's tests. */
export const collectedTests: LadderTests<never>[] = [];

/** The browser's `ladderTests`: a page loads a kernel's test file, and runs what it says when its visitor asks for it. */
export const ladderTests = <Shape>(ladder: LadderTests<Shape>): void => {
  collectedTests.push(ladder as unknown as LadderTests<never>);
};
