import { ratioOf, type PeersResult } from "./results.ts";
import { convName, goalLayer, networkName } from "./tasks.ts";

interface Goal {
  readonly case: string;
  readonly peer: string;
  /** The peer's time over Fledge's, at least; below 1 the peer may be faster. */
  readonly ratio: number;
}

/** Set for Mesa's lavapipe on 2 CPU cores. */
const goals: readonly Goal[] = [
  { case: networkName("train", 224), peer: "tfjs", ratio: 20 },
  { case: networkName("train", 64), peer: "tfjs", ratio: 15 },
  { case: networkName("train", 224), peer: "pytorch", ratio: 1 / 4 },
  { case: networkName("forward", 224), peer: "onnxruntime", ratio: 6 },
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
