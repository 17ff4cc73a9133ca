export { worstMismatch, type Tolerance } from "./compare.ts";
export { listCases, loadCase, relativeError, type GoldenCase } from "./golden.ts";
export { openTestGpu } from "./gpu.ts";
export { ladderTests } from "./ladder-tests.ts";
export { runKernel, viewAs, type TensorData } from "./run-kernel.ts";
