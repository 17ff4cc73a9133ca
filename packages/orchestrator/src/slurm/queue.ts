import { callSlurm } from "./call-slurm.ts";

/** A task of a job array, as the queue knows it. */
export interface QueuedTask {
  /** `12_3`: the array's job and the task's number in it. */
  readonly id: string;
  readonly index: number;
  /** `PENDING`, `RUNNING`, `FAILED` and so on: squeue(1), JOB STATE CODES. */
  readonly state: string;
  /** Why it waits or why it ended: `Dependency`, `Priority`, `BeginTime`, `None` and so on. */
  readonly reason: string;
  /** When it began or is thought to begin, in the cluster's own time; `N/A` where nobody knows. */
  readonly start: string;
  /** How long it has run, as `1-02:03:04`. */
  readonly elapsed: string;
  /** The machines it runs on. */
  readonly machines: string;
  /** The job's script, an absolute path. */
  readonly script: string;
}

/** States that a job does not leave again: squeue(1). The queue forgets such jobs after some minutes. */
const ended = new Set([
  "BOOT_FAIL",
  "CANCELLED",
  "COMPLETED",
  "DEADLINE",
  "FAILED",
  "NODE_FAIL",
  "OUT_OF_MEMORY",
  "PREEMPTED",
  "REVOKED",
  "TIMEOUT",
]);

/** Whether a task waits, runs, or is on its way from one to the other. */
export const isActive = ({ state }: QueuedTask): boolean => !ended.has(state);

/** Job, task, state, reason, begin, time, machines and script; the script last, for its path may hold anything. */
const format = "%F|%K|%T|%r|%S|%M|%N|%o";

/** Reads what `squeue` prints in the form above. Jobs that are no arrays have no number of a task, and are left out. */
export function parseQueue(text: string): QueuedTask[] {
  return text.split("\n").flatMap((line) => {
    const [job, index, state, reason, start, elapsed, machines, ...script] = line.split("|");
    if (script.length === 0 || !/^\d+$/.test(index!)) return [];
    return {
      id: `${job}_${index}`,
      index: Number(index),
      state: state!,
      reason: reason!,
      start: start!,
      elapsed: elapsed!,
      machines: machines!,
      script: script.join("|"),
    };
  });
}

/** The tasks of some users in the queue, those that have ended a short while ago too. @throws UsageError as `callSlurm` */
export const readQueue = async (users: readonly number[]): Promise<QueuedTask[]> =>
  parseQueue(
    await callSlurm("squeue", [
      "--noheader",
      "--array",
      "--states=all",
      `--user=${users.join(",")}`,
      `--format=${format}`,
    ]),
  );
