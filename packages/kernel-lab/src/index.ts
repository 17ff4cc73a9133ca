export { checkRung, type Task, type Trial } from "./check-rung.ts";
export type { Place, Tolerances } from "./judge.ts";
export { seededRandom, shuffled, type Random } from "./random.ts";
export { KernelTensors, runKernel, type LoadedPlan, type TensorData, type Tensors } from "./run-kernel.ts";
export { spreadOf, type Spread } from "./statistics.ts";
export { calibrate, timeInRounds, type Entrant } from "./time-in-rounds.ts";
export { distinctCandidates, type Candidates } from "./tuning/candidates.ts";
export { NoReferenceError } from "./tuning/race-on-device.ts";
export { tune, type RacePlans } from "./tuning/tune.ts";
