export { compareLadders, renderChanges, type Comparison } from "./compare.ts";
export { environment } from "./environment.ts";
export { benchFunctions } from "./functions.ts";
export { renderLadder } from "./ladder-report.ts";
export type { LadderResult } from "./ladder-result.ts";
export { benchLadder } from "./ladder.ts";
export { isLadder, readLadders, readResults, saveResults } from "./results.ts";
export { spreadOf, type Spread } from "./statistics.ts";
export { renderTable, threeDigits } from "./table.ts";
