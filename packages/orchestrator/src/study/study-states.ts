import { UsageError } from "../config/resolve.ts";
import { queuedNodes } from "../slurm/submissions.ts";
import { statusOf, type NodeStatus } from "./node-status.ts";
import type { OpenStudy } from "./open-study.ts";

/** What a study's nodes are at; without the queue's word where that cannot be asked, of which `onUnknown` is told. */
export async function statesOf(
  { nodes, folder }: Pick<OpenStudy, "nodes" | "folder">,
  onUnknown: (why: UsageError) => void = () => {},
): Promise<NodeStatus[]> {
  const tasks = await queuedNodes(folder).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    onUnknown(error);
    return new Map<string, never>();
  });
  return statusOf({ nodes, folder }, tasks);
}

/** Whether nothing more of a study can come of itself: what is not done failed or was stopped, or waits for what did. */
export const isOver = (states: readonly NodeStatus[]): boolean =>
  states.every(
    ({ state, about }) => ["done", "failed", "stopped"].includes(state) || (state === "not begun" && about !== ""),
  );

/** How many nodes are in each state: `3 done, 1 running`. */
export function countsText(states: readonly NodeStatus[]): string {
  const counts = new Map<string, number>();
  for (const { state } of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
}
