import { gflopsOf, ratioOf, type PeersResult } from "./results.ts";
import { convName, goalLayer, networkName } from "./tasks.ts";

interface Goal {
  readonly case: string;
  readonly peer: string;
  /** The peer's time over Fledge's, at least; below 1 the peer may be faster. */
  readonly ratio: number;
}

/** Set for Mesa's lavapipe on 2 CPU cores. */
const goals: readonly Goal[] = [
  { case: networkName("train", 224), peer: "tfjs", ratio: 22 },
  { case: networkName("train", 64), peer: "tfjs", ratio: 15 },
  { case: networkName("train", 224), peer: "pytorch", ratio: 1 / 3 },
  { case: networkName("train", 64), peer: "pytorch", ratio: 1 / 3 },
  { case: networkName("forward", 224), peer: "onnxruntime", ratio: 8 },
  { case: networkName("forward", 64), peer: "onnxruntime", ratio: 6 },
  ...(["forward", "gradInput", "gradWeight"] as const).map((direction) => ({
    case: convName(goalLayer, direction),
    peer: "jax-js",
    ratio: 6,
  })),
];

export interface GoalResult extends Goal {
  readonly measured: number;
  readonly reached: boolean;
}

/** The goals that this run can speak of: none on other adapters, and none for what was not measured. */
export function goalResults({ adapter, cases }: PeersResult): GoalResult[] {
  if (!adapter.software) return [];
  return goals.flatMap((goal) => {
    const found = cases.find(({ name }) => name === goal.case);
    const measured = found && ratioOf(found, goal.peer)?.median;
    return measured === undefined || measured === null ? [] : [{ ...goal, measured, reached: measured >= goal.ratio }];
  });
}

/** No layer of ResNet-50 in any direction below this share of the best one's rate. */
const leastShare = 0.6;

interface LayerRate {
  readonly name: string;
  readonly gflops: number;
}

export interface Evenness {
  readonly slowest: LayerRate;
  readonly fastest: LayerRate;
  /** The slowest rate over the fastest. */
  readonly share: number;
  readonly goal: number;
  readonly reached: boolean;
}

/** How far apart the rates of the measured convolutions are; undefined on other adapters, and where fewer than two were measured. */
export function evennessOf({ adapter, cases }: PeersResult): Evenness | undefined {
  if (!adapter.software) return undefined;
  const rates = cases
    .flatMap((result): LayerRate[] => {
      const gflops = gflopsOf(result);
      return gflops === null ? [] : [{ name: result.name, gflops }];
    })
    .sort((a, b) => a.gflops - b.gflops);
  const [slowest, fastest] = [rates[0], rates.at(-1)];
  if (!slowest || !fastest || rates.length < 2) return undefined;
  const share = slowest.gflops / fastest.gflops;
  return { slowest, fastest, share, goal: leastShare, reached: share >= leastShare };
}
