import { randomBytes } from "node:crypto";
import { copyFile, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { FolderLock, folderHolder, makeFolder } from "@fledge/files";
import { isDone } from "../study/node-state.ts";
import type { OpenStudy } from "../study/open-study.ts";
import { callSlurm } from "./call-slurm.ts";
import { planArrays, type JobArray, type Plan } from "./job-arrays.ts";
import { jobScript } from "./job-script.ts";
import { isActive } from "./queue.ts";
import { keepSubmission, queuedNodes, slurmFolder, type Submission } from "./submissions.ts";

export interface SubmitOptions {
  /** Options of sbatch for every job: partition, time, memory and so on. */
  readonly asked: readonly string[];
  /** How many tasks of an array run at once; undefined leaves it to Slurm. */
  readonly atOnce: number | undefined;
  /** How long before its end a job is told of it. */
  readonly signalSeconds: number;
  /** Flags for every command, as those that choose an adapter. */
  readonly passed: readonly string[];
}

/** A job array with the command that submits it. */
export interface ReadyArray extends JobArray {
  readonly script: string;
  readonly text: string;
  readonly command: readonly string[];
}

/** How long a job waits for a run that a dead process of another machine holds, which is silent for five minutes. */
const waitSeconds = 360;

/** The folder of a submission: in the order of their names they were made. */
const nameNow = (): string =>
  `${new Date().toISOString().replaceAll(/[-:]/g, "").replace("T", "-").replace(/\..*/, "")}-${randomBytes(3).toString("hex")}`;

/** What of a study is to be submitted. @throws UsageError where the queue cannot be read */
export async function planSubmission({ nodes, folder }: OpenStudy): Promise<Plan> {
  const tasks = [...(await queuedNodes(folder))].filter(([, task]) => isActive(task));
  const done = new Set<string>();
  const busy = new Set<string>();
  const queued = new Map(tasks.map(([node, { id }]) => [node, id]));
  for (const node of nodes) {
    const path = join(folder, node.id);
    if (await isDone(node, path)) done.add(node.id);
    else if (!queued.has(node.id) && (await isHeld(path))) busy.add(node.id);
  }
  return planArrays(nodes, { done, queued, busy });
}

/** Whether a process that is alive works on a run. */
async function isHeld(path: string): Promise<boolean> {
  try {
    return (await folderHolder(path)) !== null;
  } catch {
    return false; // There is no such folder yet, or the command that goes on with it says what is wrong.
  }
}

/**
 * An array's script and the command that submits it, all of whose options are its own: an environment's SBATCH_... would
 * win over #SBATCH lines of the script.
 * @param folder of this submission @param jobs the job of every node submitted before
 */
function ready(
  open: OpenStudy,
  array: JobArray,
  folder: string,
  jobs: ReadonlyMap<string, string>,
  { asked, atOnce, signalSeconds, passed }: SubmitOptions,
): ReadyArray {
  const { nodes, afterNodes, afterTasks } = array;
  const after = [...afterTasks, ...afterNodes.map((node) => jobs.get(node)!)];
  const name = after.length === 0 ? "first" : `after-${[...afterNodes, ...afterTasks].join("-").replaceAll("/", "-")}`;
  const script = join(folder, `${name}.sh`);
  const command = [
    "sbatch",
    "--parsable",
    `--job-name=${open.study.name}`,
    `--array=0-${nodes.length - 1}${atOnce === undefined ? "" : `%${atOnce}`}`,
    ...(after.length === 0 ? [] : [`--dependency=afterok:${after.join(":")}`, "--kill-on-invalid-dep=yes"]),
    "--requeue",
    "--open-mode=append",
    `--signal=B:TERM@${signalSeconds}`,
    `--output=${join(folder, "%A_%a.out")}`,
    ...asked,
    script,
  ];
  const study = resolve(open.folder);
  const flags = [
    ...(open.scale === undefined ? [] : ["--scale", open.scale]),
    "--study",
    study,
    "--wait",
    String(waitSeconds),
    ...passed,
  ];
  const text = jobScript({ submitted: command, nodes, study, file: copyOf(open, folder), flags });
  return { ...array, script, text, command };
}

/** The study's file as it is now: a job must not do what the file says later. */
const copyOf = ({ file }: OpenStudy, folder: string): string => join(folder, `study${extname(file)}`);

/** What `submitStudy` would do, the ids of jobs left open. */
export function previewSubmission(open: OpenStudy, { arrays }: Plan, options: SubmitOptions): ReadyArray[] {
  const folder = join(resolve(slurmFolder(open.folder)), nameNow());
  const jobs = new Map<string, string>();
  return arrays.map((array, number) => {
    array.nodes.forEach((node, index) => jobs.set(node, `JOB${number + 1}_${index}`));
    return ready(open, array, folder, jobs, options);
  });
}

/**
 * Submits what is missing of a study: neither done nor in the queue, nor worked on.
 * @param tell is told of each array when it is in the queue
 * @returns what was planned
 * @throws UsageError where sbatch refuses, FolderLockedError where another process submits of this study
 */
export async function submitStudy(
  open: OpenStudy,
  options: SubmitOptions,
  tell: (array: ReadyArray, job: string) => void,
): Promise<Plan> {
  const kept = resolve(slurmFolder(open.folder));
  await makeFolder(kept);
  const lock = await FolderLock.take(kept);
  try {
    const plan = await planSubmission(open);
    if (plan.arrays.length === 0) return plan;
    const folder = join(kept, nameNow());
    await makeFolder(folder);
    await copyFile(open.file, copyOf(open, folder));
    const submission: Submission = { user: process.getuid!(), arrays: [] };
    const jobs = new Map<string, string>();
    for (const array of plan.arrays) {
      const { script, text, command } = ready(open, array, folder, jobs, options);
      await writeFile(script, text, { mode: 0o755 });
      const record = { script, nodes: [...array.nodes], job: null as string | null };
      submission.arrays.push(record);
      await keepSubmission(folder, submission);
      // With --parsable a cluster's name may follow.
      record.job = (await callSlurm("sbatch", command.slice(1))).trim().split(";")[0]!;
      await keepSubmission(folder, submission);
      array.nodes.forEach((node, index) => jobs.set(node, `${record.job}_${index}`));
      tell({ ...array, script, text, command }, record.job);
    }
    return plan;
  } finally {
    lock.release();
  }
}
