import type { StudyNode } from "@fledge/study";

/** A job array to submit: nodes that wait for the same others, one task each. */
export interface JobArray {
  readonly nodes: readonly string[];
  /** Nodes of arrays before this one that its tasks wait for. */
  readonly afterNodes: readonly string[];
  /** Tasks in the queue (`12_3`) that its tasks wait for. */
  readonly afterTasks: readonly string[];
}

export interface Plan {
  /** In the order in which they are submitted. */
  readonly arrays: readonly JobArray[];
  /** Nodes that must wait for another `submit`: what they need is neither done nor a job. */
  readonly leftOut: readonly string[];
}

export interface PlanOptions {
  /** Done already. */
  readonly done: ReadonlySet<string>;
  /** The tasks of nodes that wait or run in the queue, as `12_3`. */
  readonly queued: ReadonlyMap<string, string>;
  /** Nodes that a process outside of the queue works on. */
  readonly busy: ReadonlySet<string>;
}

/**
 * What of a study is to be submitted, as job arrays. All tasks of an array have one dependency (sbatch(1)), so the nodes
 * that wait for the same teacher make an array: `afterok` on that teacher's task alone stops them, and no others, where
 * it fails. `aftercorr`, task by task, would want as many runs as teachers.
 * @param nodes what is needed before what needs it
 */
export function planArrays(
  nodes: readonly Pick<StudyNode, "id" | "needs">[],
  { done, queued, busy }: PlanOptions,
): Plan {
  const arrays = new Map<string, { nodes: string[]; afterNodes: string[]; afterTasks: string[] }>();
  const submitted = new Set<string>();
  const leftOut: string[] = [];
  for (const { id, needs } of nodes) {
    if (done.has(id) || busy.has(id)) continue;
    const open = needs.filter((need) => !done.has(need));
    // The task of a node whose need is gone from the queue can never run, and Slurm is about to take it out too.
    const doomed = open.some((need) => submitted.has(need));
    if (queued.has(id) && !doomed) continue;
    if (open.some((need) => !submitted.has(need) && !queued.has(need))) {
      leftOut.push(id);
      continue;
    }
    const afterNodes = open.filter((need) => submitted.has(need));
    const afterTasks = open.filter((need) => !submitted.has(need)).map((need) => queued.get(need)!);
    const key = JSON.stringify([afterNodes, afterTasks]);
    const array = arrays.get(key) ?? { nodes: [], afterNodes, afterTasks };
    array.nodes.push(id);
    arrays.set(key, array);
    submitted.add(id);
  }
  return { arrays: [...arrays.values()], leftOut };
}
