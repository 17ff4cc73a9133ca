export { analyse, type Analysis, type Comparison, type Outcome, type PairedDifference } from "./analyse.ts";
export { expand, type StudyNode, type StudyRun } from "./expand.ts";
export { runGraph, type NodeState } from "./run-graph.ts";
export { atScale, readStudy, StudyError, studyJsonSchema, studyOf, type Study } from "./study-file.ts";
