export { runKernel, type TensorData } from "@fledge/kernel-lab";
export { listCases, loadCase, relativeError, type GoldenCase } from "./golden.ts";
export { openTestGpu } from "./gpu.ts";
export { ladderTests } from "./ladder-tests.ts";
