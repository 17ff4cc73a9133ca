import { join } from "node:path";
import { runGraph, type NodeState } from "@fledge/study";
import { duration } from "../cli/duration.ts";
import type { Commands } from "./commands.ts";
import { logOf } from "./node-log.ts";
import { isDone } from "./node-state.ts";
import type { OpenStudy } from "./open-study.ts";
import { runNode } from "./run-node.ts";

export interface RunStudyOptions {
  readonly atOnce: number;
  /** Flags for every command, as those that choose an adapter. */
  readonly passed: readonly string[];
  readonly tell: (line: string) => void;
}

/** Runs what a study lacks, each node in processes of its own. @returns the state of every node */
export async function runStudy(
  open: OpenStudy,
  { atOnce, passed, tell }: RunStudyOptions,
  commands: Commands,
): Promise<Map<string, NodeState>> {
  const { nodes, folder } = open;
  const doneBefore = new Set<string>();
  for (const node of nodes) if (await isDone(node, join(folder, node.id))) doneBefore.add(node.id);
  const begun = new Set<string>();
  /** Nodes of all, of those that were not done before, and of these that were worked on. */
  let [ended, endedNow, worked] = [0, 0, 0];
  const startedAt = performance.now();
  /** As if nodes that are left took as long as those before them; nothing before one was worked on, and at the end. */
  const left = (): string => {
    const seconds = (performance.now() - startedAt) / 1000;
    const open = nodes.length - doneBefore.size - endedNow;
    return worked === 0 || open === 0 ? "" : `, about ${duration((seconds / worked) * open)} left`;
  };
  return runGraph(nodes, {
    atOnce,
    isDone: async (node) => doneBefore.has(node.id) || isDone(node, join(folder, node.id)),
    run: (node) => runNode(node, open, passed, commands),
    tell(node, event) {
      if (commands.stoppedBy !== undefined) return;
      if (event === "begun") {
        begun.add(node.id);
        return tell(`${node.id}: begun`);
      }
      ended += 1;
      if (!doneBefore.has(node.id)) endedNow += 1;
      if (begun.has(node.id)) worked += 1;
      const where = event === "failed" ? `; see ${logOf(folder, node.id)}` : "";
      return tell(`${node.id}: ${event}${where} (${ended} of ${nodes.length}${left()})`);
    },
  });
}
