export { random } from "./random.ts";
export type { Random } from "./random.ts";
export { torchRandperm } from "./torch-randperm.ts";
export { seededSplit } from "./seeded-split.ts";
