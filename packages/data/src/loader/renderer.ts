import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { BatchTask, RenderedBatch } from "./render-batch.ts";
import { renderBatch } from "./render-batch.ts";

/** Renders batches on worker threads, or on the calling thread with none. The threads start with the first batch. */
export class Renderer {
  readonly #workers: number;
  readonly #underWay = new Set<Promise<RenderedBatch>>();
  #pool: Piscina<BatchTask, RenderedBatch> | undefined;
  #closed = false;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Rejects as `renderBatch` does, and once closed. */
  async render(task: BatchTask): Promise<RenderedBatch> {
    if (this.#closed) throw new Error("this loader is closed");
    if (this.#workers > 0) this.#pool ??= startPool(this.#workers);
    const rendering = this.#pool?.run(task) ?? renderBatch(task);
    this.#underWay.add(rendering);
    try {
      return await rendering;
    } finally {
      this.#underWay.delete(rendering);
    }
  }

  /** Waits for the batches under way, because a thread should not be ended while sharp decodes for it. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
    await this.#pool?.destroy();
  }
}

function startPool(workers: number): Piscina<BatchTask, RenderedBatch> {
  return new Piscina({
    filename: fileURLToPath(new URL("./worker.ts", import.meta.url)),
    // Node 20 cannot run TypeScript, and a thread does not inherit the hooks of a test runner.
    execArgv: ["--import", import.meta.resolve("tsx")],
    minThreads: workers,
    maxThreads: workers,
    // Two batches per thread: one is cropped and resized by the thread while sharp decodes for the other elsewhere.
    concurrentTasksPerWorker: 2,
  });
}
