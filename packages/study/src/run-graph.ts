import type { StudyNode } from "./expand.ts";

export type NodeState = "done" | "failed" | "not run";

export interface RunGraphOptions<Node> {
  /** How many nodes run at once. */
  readonly atOnce: number;
  /** Whether a node's work is there already. */
  readonly isDone: (node: Node) => Promise<boolean>;
  /** Does a node's work. @throws where it fails */
  readonly run: (node: Node) => Promise<void>;
  readonly tell: (node: Node, event: "already done" | "begun" | "done" | "failed" | "not run") => void;
}

/**
 * Runs what is not done yet, each node after what it needs. A failed node fails what depends on it, and nothing else.
 * @returns the state of every node by its id
 */
export async function runGraph<Node extends StudyNode>(
  nodes: readonly Node[],
  { atOnce, isDone, run, tell }: RunGraphOptions<Node>,
): Promise<Map<string, NodeState>> {
  const states = new Map<string, NodeState>();
  const waiting = new Set(nodes);
  const begun = new Set<Promise<void>>();

  const begin = async (node: Node): Promise<void> => {
    if (await isDone(node)) {
      states.set(node.id, "done");
      tell(node, "already done");
      return;
    }
    tell(node, "begun");
    try {
      await run(node);
      states.set(node.id, "done");
      tell(node, "done");
    } catch {
      states.set(node.id, "failed");
      tell(node, "failed");
    }
  };

  while (waiting.size > 0 || begun.size > 0) {
    for (const node of waiting) {
      const needed = node.needs.map((id) => states.get(id));
      if (needed.some((state) => state === "failed" || state === "not run")) {
        waiting.delete(node);
        states.set(node.id, "not run");
        tell(node, "not run");
      } else if (begun.size < atOnce && needed.every((state) => state === "done")) {
        waiting.delete(node);
        const running: Promise<void> = begin(node).finally(() => begun.delete(running));
        begun.add(running);
      }
    }
    if (begun.size > 0) await Promise.race(begun);
  }
  return states;
}
