export { findCases } from "./find-cases.ts";
export { rungsOfCases } from "./kernels-of-cases.ts";
export { narrowCase } from "./operators/narrow-network.ts";
export { compareRows, keptOfGradients, recipeCase } from "./operators/recipe-network.ts";
export { runCases, type CaseResult } from "./run-cases.ts";
export { summaryByOp, type OpSummary } from "./summary.ts";
export { watchRungs } from "./watched-rungs.ts";
