import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { folderHolder } from "@fledge/files";
import { modelsOf } from "../methods/models-of.ts";
import { isActive, type QueuedTask } from "../slurm/queue.ts";
import { familyOf } from "../stages/batches.ts";
import { epochsOf } from "../stages/programs.ts";
import { endOf, errorOf, logOf, readLog } from "./node-log.ts";
import { isDone } from "./node-state.ts";
import type { OpenStudy } from "./open-study.ts";

type Node = OpenStudy["nodes"][number];

export interface NodeStatus {
  readonly id: string;
  readonly state: "done" | "running" | "waiting" | "failed" | "stopped" | "not begun";
  /** Where it runs and how far it is, what it waits for, why it failed. */
  readonly about: string;
  /** Its log, where there is one to look at. */
  readonly log: string | undefined;
  /** What it needs that failed or was stopped, or is itself kept by such a one, where it has not begun for that. */
  readonly blockedBy?: string;
}

/** How far a node's models are, as `teacher 12 of 12, student 3 of 9`; empty before the first epoch. */
async function progressOf({ kind, facts: { config } }: Node, path: string): Promise<string> {
  const models = modelsOf(config).filter((name) => kind === "run" || familyOf(name) === "teachers");
  const parts = await Promise.all(
    models.map(async (name) => {
      const log = await readFile(join(path, name, "metrics.jsonl"), "utf8").catch(() => "");
      const epochs = log.split("\n").filter((line) => line.startsWith('{"kind":"epoch"')).length;
      return epochs === 0 ? [] : [`${name} ${epochs} of ${epochsOf(config, name)} epochs`];
    }),
  );
  return parts.flat().join(", ");
}

/** Why a task waits, in words. */
function waitingFor({ reason, start }: QueuedTask, needs: readonly string[]): string {
  // Slurm gives no reason before it has looked at a job for the first time.
  if (reason === "Dependency" || (reason === "None" && needs.length > 0)) return `for ${needs.join(" and ")}`;
  if (reason === "BeginTime") return `was put back into the queue, may begin at ${start}`;
  return reason === "None" ? "" : reason;
}

/** What became of nodes so far; those that a node needs stand before it. */
export async function statusOf(
  { nodes, folder }: Pick<OpenStudy, "nodes" | "folder">,
  tasks: ReadonlyMap<string, QueuedTask>,
): Promise<NodeStatus[]> {
  const known = new Map<string, NodeStatus>();
  for (const node of nodes) {
    const status = await statusOfNode(node, folder, tasks.get(node.id), known);
    known.set(node.id, { id: node.id, ...status });
  }
  return [...known.values()];
}

async function statusOfNode(
  node: Node,
  folder: string,
  task: QueuedTask | undefined,
  known: ReadonlyMap<string, NodeStatus>,
): Promise<Omit<NodeStatus, "id">> {
  const path = join(folder, node.id);
  // Who measures more in a run that has its tables already is still at it.
  const holder = await folderHolder(path, false).catch(() => null);
  if (holder === null && (await isDone(node, path))) return { state: "done", about: "", log: undefined };
  const file = logOf(folder, node.id);
  const text = await readLog(file);
  const log = text === "" ? undefined : file;
  const parts = (...all: string[]): string => all.filter((part) => part !== "").join("; ");
  if (task !== undefined && isActive(task)) {
    const job = `job ${task.id}`;
    const open = node.needs.filter((need) => known.get(need)?.state !== "done");
    if (task.state === "PENDING") return { state: "waiting", about: parts(job, waitingFor(task, open)), log };
    const where = `${job} on ${task.machines}, ${task.elapsed}${task.state === "RUNNING" ? "" : `, ${task.state}`}`;
    return { state: "running", about: parts(where, await progressOf(node, path)), log };
  }
  if (holder !== null) {
    const [who] = holder.split(";");
    return { state: "running", about: parts(who!, await progressOf(node, path)), log };
  }
  const reached = await progressOf(node, path);
  const end = endOf(text);
  if (end === "stopped") return { state: "stopped", about: reached, log };
  if (end === "failed") return { state: "failed", about: parts(errorOf(text), reached), log };
  if (end === "cut off") {
    const how = task === undefined ? "was cut off" : `job ${task.id} ${task.state}`;
    return { state: "failed", about: parts(how, reached), log };
  }
  const blockedBy = node.needs.find((need) => {
    const of = known.get(need);
    return of && (of.state === "failed" || of.state === "stopped" || of.blockedBy !== undefined);
  });
  if (blockedBy === undefined) return { state: "not begun", about: "", log };
  const how = { failed: "failed", stopped: "was stopped" }[known.get(blockedBy)!.state as string] ?? "has not begun";
  return { state: "not begun", about: `${blockedBy} ${how}`, log, blockedBy };
}
