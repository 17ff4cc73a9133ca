import { fileURLToPath } from "node:url";
import { Piscina } from "piscina";
import type { Fingerprints } from "./fingerprints.ts";
import { repeatsIn, type NumberedPair, type Range } from "./pairs.ts";
import { readFiles, type Read, type Task } from "./worker.ts";

/** Reads files and compares tiles on worker threads, or on the calling thread with none. What comes out is the same. */
export class Threads {
  readonly #pool: Piscina<Task, unknown> | undefined;
  /** How many tasks are worth handing over at once. */
  readonly atOnce: number;

  constructor(workers: number) {
    if (!Number.isInteger(workers) || workers < 0) throw new RangeError(`workers must be 0 or more, got ${workers}`);
    this.atOnce = Math.max(1, 2 * workers);
    this.#pool =
      workers === 0
        ? undefined
        : new Piscina({
            filename: fileURLToPath(new URL("./worker.ts", import.meta.url)),
            // Node 20 cannot run TypeScript, and a thread does not inherit the hooks of a test runner.
            execArgv: ["--import", import.meta.resolve("tsx")],
            maxThreads: workers,
            minThreads: workers,
          });
  }

  async read(files: readonly string[]): Promise<Read[]> {
    return this.#pool ? ((await this.#pool.run({ files })) as Read[]) : readFiles(files);
  }

  async repeats(fingerprints: Fingerprints, tile: readonly [Range, Range]): Promise<NumberedPair[]> {
    if (this.#pool) return (await this.#pool.run({ fingerprints, tile })) as NumberedPair[];
    await new Promise(setImmediate); // Progress, and whoever wants to stop, get their turn.
    return repeatsIn(fingerprints, tile);
  }

  async close(): Promise<void> {
    await this.#pool?.destroy();
  }
}
