export { emulatedMatrices, usesMatrixUnits } from "./emulated-matrices.ts";
export { loadCase, relativeError, type GoldenCase } from "@fledge/golden-cases";
export { runKernel, type TensorData } from "@fledge/kernel-lab";
export { listCases } from "./golden.ts";
export { openTestGpu } from "./gpu.ts";
export { ladderTests } from "./ladder-tests.ts";
export type { LadderTests } from "./ladder-trial.ts";
export { tileTests } from "./tile-tests.ts";
export type { Puzzle, WrongSolution } from "./puzzle.ts";
