import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { BatchTask, RenderedBatch } from "./render-batch.ts";
import { renderBatch } from "./render-batch.ts";

/** Renders a loader's batches on worker threads, or on the calling thread with none. */
export class Renderer {
  readonly #workers: number;
  readonly #underWay = new Set<Promise<RenderedBatch>>();
  #closed = false;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Rejects as `renderBatch` does, and once closed. */
  async render(task: BatchTask): Promise<RenderedBatch> {
    if (this.#closed) throw new Error("this loader is closed");
    const rendering = this.#workers === 0 ? renderBatch(task) : sharedPool(this.#workers).run(task);
    this.#underWay.add(rendering);
    try {
      return await rendering;
    } finally {
      this.#underWay.delete(rendering);
    }
  }

  /** Waits for the batches under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }
}

type Pool = Piscina<BatchTask, RenderedBatch>;
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
  return new Piscina({
    filename: fileURLToPath(new URL("./worker.ts", import.meta.url)),
    // Node 20 cannot run TypeScript, and a thread does not inherit the hooks of a test runner.
    execArgv: ["--import", import.meta.resolve("tsx")],
    minThreads: 0,
    maxThreads: workers,
    idleTimeout: 30_000,
    // Two batches per thread: one is cropped and resized by the thread while sharp decodes for the other elsewhere.
    concurrentTasksPerWorker: 2,
  });
}
