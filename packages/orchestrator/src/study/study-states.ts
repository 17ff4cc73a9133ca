import { UsageError } from "../config/resolve.ts";
import { queuedNodes } from "../slurm/submissions.ts";
import { statusOf, type NodeStatus } from "./node-status.ts";
import type { OpenStudy } from "./open-study.ts";

/** What a study's nodes are at. */
export interface StudyStates {
  readonly states: readonly NodeStatus[];
  /** Why the queue cannot be asked, so that its word is missing in the states; undefined where nothing is missing. */
  readonly queueUnknown: string | undefined;
}

/** Looks at all nodes of a study. */
export async function statesOf({ nodes, folder }: Pick<OpenStudy, "nodes" | "folder">): Promise<StudyStates> {
  let queueUnknown: string | undefined;
  const tasks = await queuedNodes(folder).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    queueUnknown = `what the queue holds is not known: ${error.message}`;
    return new Map<string, never>();
  });
  return { states: await statusOf({ nodes, folder }, tasks), queueUnknown };
}

/**
 * Whether nothing more of a study can come of itself: what is not done failed or was stopped, or waits for what did. A
 * stop ends all of a study, also what nothing keeps from beginning.
 */
export function isOver({ states, queueUnknown }: StudyStates): boolean {
  const all = (...some: NodeStatus["state"][]): boolean => states.every(({ state }) => some.includes(state));
  // Of what is not done, the queue may hold more.
  if (queueUnknown !== undefined) return all("done");
  if (states.some(({ state }) => state === "stopped")) return all("done", "failed", "stopped", "not begun");
  return states.every(({ state, blockedBy }) => ["done", "failed"].includes(state) || blockedBy !== undefined);
}

/** What a person would look at first stands first. */
export const stateOrder: readonly NodeStatus["state"][] = [
  "failed",
  "stopped",
  "running",
  "waiting",
  "not begun",
  "done",
];

/** In the order above, and in each state in the study's. */
export const inStateOrder = (states: readonly NodeStatus[]): NodeStatus[] =>
  stateOrder.flatMap((state) => states.filter((one) => one.state === state));

/** How many nodes are in each state: `3 done, 1 running`. */
export function countsText(states: readonly NodeStatus[]): string {
  const counts = new Map<string, number>();
  for (const { state } of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
}
