export { benchFunctions } from "./functions.ts";
export { benchLadder } from "./ladder.ts";
