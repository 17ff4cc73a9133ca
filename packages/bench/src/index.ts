export { benchFunctions, type FunctionBench } from "./functions.ts";
export { benchLadder, type LadderBench } from "./ladder.ts";
