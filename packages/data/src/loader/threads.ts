import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import { DataError } from "../error.ts";
import type { BatchTask, RenderedBatch } from "./render-batch.ts";
import type { Answer } from "./worker.ts";

/** Threads died again and again on the same batch. */
class WorkerDiedError extends Error {
  override readonly name = "WorkerDiedError";
}

/** How often a batch is tried: a thread that dies is replaced, and what it had is rendered again to the same bytes. */
const attempts = 3;

type Pool = Piscina<BatchTask, Answer>;
const pools = new Map<number, Pool>();

/**
 * The threads that all loaders with this number of workers share: a training run opens a loader for every epoch, and a
 * thread compiles its modules anew when it starts. They end when idle for half a minute and do not keep the process
 * alive.
 */
function sharedPool(workers: number): Pool {
  const pool = pools.get(workers) ?? startPool(workers);
  pools.set(workers, pool);
  return pool;
}

function startPool(workers: number): Pool {
  const pool: Pool = new Piscina({
    filename: fileURLToPath(new URL("./worker.ts", import.meta.url)),
    // Node 20 cannot run TypeScript, and a thread does not inherit the hooks of a test runner.
    execArgv: ["--import", import.meta.resolve("tsx")],
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: 30_000,
    // Two batches per thread: one is cropped and resized by the thread while sharp decodes for the other elsewhere.
    concurrentTasksPerWorker: 2,
  });
  /** Gives up the pool: what waits in it rejects, and is tried again in a new one. */
  const abandon = (reason: unknown): void => {
    if (pools.get(workers) !== pool) return;
    pools.delete(workers);
    reasons.set(pool, reason);
    void pool.destroy();
  };
  pool.on("error", abandon); // A thread that fails while it starts.
  pool.on("workerDestroy", () => {
    // After the last thread's end Piscina starts no other for what is queued.
    setImmediate(() => {
      if (pool.threads.length === 0 && pool.queueSize > 0) abandon(new Error("it ended while it started"));
    });
  });
  return pool;
}

/** Why a pool was given up. */
const reasons = new WeakMap<Pool, unknown>();

/** Renders a batch on one of `workers` threads. @throws DataError naming an image that is broken; WorkerDiedError */
export async function renderOnThread(workers: number, task: BatchTask): Promise<RenderedBatch> {
  for (let attempt = 1; ; attempt++) {
    const pool = sharedPool(workers);
    let answer: Answer;
    try {
      answer = await pool.run(task);
    } catch (error) {
      if (attempt < attempts) continue;
      throw died(task, reasons.get(pool) ?? error);
    }
    if ("rendered" in answer) return answer.rendered;
    const { file, fault, mend } = answer.fault;
    throw new DataError({ file }, fault.slice(`${file}: `.length), mend);
  }
}

function died({ samples }: BatchTask, cause: unknown): WorkerDiedError {
  const names = samples.map(({ file }) => basename(file));
  const images = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WorkerDiedError(
    `a loader thread died ${attempts} times in a row over the images ${images} (${reason}): ` +
      "try fewer threads with --workers, or --workers 0, which loads on the main thread; it changes no number",
    { cause },
  );
}
