export { bootstrapBca, resamplePlaces } from "./bootstrap.ts";
export { cohensD } from "./effect-size.ts";
export { holm } from "./holm.ts";
export type { Interval } from "./interval.ts";
export { mcnemar } from "./mcnemar.ts";
export { differences, mean, standardDeviation } from "./moments.ts";
export { leastTwoSided, signFlip } from "./sign-flip.ts";
export { pairedT, tInterval } from "./t-interval.ts";
export { wilsonInterval } from "./wilson.ts";
