import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "@fledge/files";
import { z } from "zod";
import { parseJson } from "../run/read-records.ts";
import { isActive, readQueue, type QueuedTask } from "./queue.ts";

const submissionSchema = z.strictObject({
  /** Who submitted it. */
  user: z.int(),
  arrays: z.array(
    z.strictObject({
      /** An absolute path: by it the queue's jobs are known. */
      script: z.string(),
      /** The array's tasks in order. */
      nodes: z.array(z.string()).min(1),
      /** Null until it is in the queue. */
      job: z.string().nullable(),
    }),
  ),
});

/** What one `study submit` put into the queue. */
export type Submission = z.infer<typeof submissionSchema>;

/** Where a study keeps what was submitted of it, a folder for each time. */
export const slurmFolder = (study: string): string => join(study, "slurm");

const recordName = "submission.json";

/** Writes down what is submitted, before and after each array: one that is in the queue is always known. */
export const keepSubmission = (folder: string, submission: Submission): Promise<void> =>
  writeFileWhole(join(folder, recordName), `${JSON.stringify(submission, null, 2)}\n`);

/** All that was submitted of a study, the latest last. @throws UsageError where a record is damaged */
async function submissionsOf(study: string): Promise<Submission[]> {
  const names = await readdir(slurmFolder(study)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const found = await Promise.all(
    names
      .toSorted((one, other) => one.localeCompare(other))
      .map(async (name) => {
        const file = join(slurmFolder(study), name, recordName);
        const text = await readFile(file, "utf8").catch(() => undefined);
        if (text === undefined) return [];
        return [parseJson(text, submissionSchema, file, "cancel its jobs and remove it, or restore it")];
      }),
  );
  return found.flat();
}

/** What the queue knows of each node: its latest task, or the one that waits or runs. */
export function tasksOfNodes(
  submissions: readonly Submission[],
  queue: readonly QueuedTask[],
): Map<string, QueuedTask> {
  const tasks = new Map<string, QueuedTask>();
  for (const { script, nodes } of submissions.flatMap(({ arrays }) => arrays)) {
    for (const task of queue.filter((one) => one.script === script)) {
      const node = nodes[task.index];
      if (node === undefined) continue;
      const known = tasks.get(node);
      if (known === undefined || !isActive(known)) tasks.set(node, task);
    }
  }
  return tasks;
}

/** What the queue knows of a study's nodes; the queue is not asked where nothing was submitted. @throws UsageError */
export async function queuedNodes(study: string): Promise<Map<string, QueuedTask>> {
  const submissions = await submissionsOf(study);
  if (submissions.length === 0) return new Map();
  return tasksOfNodes(submissions, await readQueue([...new Set(submissions.map(({ user }) => user))]));
}
