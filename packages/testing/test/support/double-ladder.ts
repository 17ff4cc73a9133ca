import { ladderTests } from "../../src/ladder-tests.ts";
import { doubleKernel } from "./double-kernel.ts";

/** The tests that a kernel of this formula gets. */
export function doubleLadder(formula: string, noop = ""): void {
  ladderTests({
    kernel: doubleKernel(formula, noop),
    cases: { "a few": { count: 5 }, many: { count: 1000 }, "too many": { count: 1001 } },
    inputs: ({ count }, uniform) => ({ x: Float32Array.from({ length: count }, uniform) }),
    reference: (_shape, { x }) => ({ out: Float64Array.from(x!, (value) => 2 * value) }),
    tolerance: () => ({ out: 1e-6 }),
  });
}
