export { CasesNotFoundError, findCases } from "./find-cases.ts";
export { runCases, type CaseResult } from "./run-cases.ts";
export { watchRungs } from "./watched-rungs.ts";
