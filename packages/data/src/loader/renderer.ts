import type { BatchTask, RenderedBatch } from "./render-batch.ts";
import { renderBatch } from "./render-batch.ts";
import { renderOnThread } from "./threads.ts";

/** Longer than any rendering takes: the interval is there to keep the process alive. */
const foreverMs = 2 ** 30;

/** Renders a loader's batches on worker threads, or on the calling thread with none. */
export class Renderer {
  readonly #workers: number;
  readonly #underWay = new Set<Promise<RenderedBatch>>();
  #closed = false;

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Rejects as `renderBatch` does, with WorkerDiedError, and once closed. */
  async render(task: BatchTask): Promise<RenderedBatch> {
    if (this.#closed) throw new Error("this loader is closed");
    const rendering = this.#workers === 0 ? renderBatch(task) : renderOnThread(this.#workers, task);
    this.#underWay.add(rendering);
    // Threads keep no process alive: without this, one whose threads have all died ends with code 13 before it hears of it.
    const alive = setInterval(() => undefined, foreverMs);
    try {
      return await rendering;
    } finally {
      clearInterval(alive);
      this.#underWay.delete(rendering);
    }
  }

  /** Waits for the batches under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#underWay);
  }
}
