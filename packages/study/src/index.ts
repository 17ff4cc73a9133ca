export { analyse, fewSeeds, type Analysis, type PairedDifference } from "./analyse.ts";
export { attribute, type Attribution } from "./attribute.ts";
export { compareImages, type ImagesTests } from "./compare-images.ts";
export { curvesOf, type Curve, type Place } from "./curves.ts";
export { expand, type StudyNode, type StudyRun } from "./expand.ts";
export type { Comparison, Contender, Outcome } from "./outcome.ts";
export { runGraph, type NodeState } from "./run-graph.ts";
export { atScale, readStudy, studyJsonSchema, studyOf, type Study } from "./study-file.ts";
