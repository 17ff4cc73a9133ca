export { loadCase, readCaseFile, type GoldenCase } from "./golden-case.ts";
export { recipeTensor } from "./recipe.ts";
export { relativeError } from "./relative-error.ts";
