import { duration } from "./duration.ts";
import { LiveBar } from "./live-bar.ts";
import { isLive, log } from "./log.mjs";

/** A line in a log file says no more often how far something is. */
const lineMs = 30_000;

interface ProgressOptions {
  /** What is counted. */
  readonly unit?: string;
  /** Whether the console is a terminal. */
  readonly live?: boolean;
}

/** How far something is that takes long: a live line on a terminal, elsewhere a line every half minute, both with the time left. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #unit: string;
  readonly #bar: LiveBar | undefined;
  readonly #startedAt = performance.now();
  #lineAt = this.#startedAt;
  #done = 0;

  constructor(what: string, total: number, { unit = "images", live = isLive() }: ProgressOptions = {}) {
    this.#what = what;
    this.#total = total;
    this.#unit = unit;
    this.#bar = live
      ? new LiveBar("{what} [{bar}] {value}/{total} {unit}  {left} left", { clearOnComplete: true })
      : undefined;
    this.#bar?.start(total, 0, { what, unit, left: "?" });
  }

  /** So many more are done. */
  add(more: number): void {
    this.reach(this.#done + more);
  }

  /** So many are done in all. */
  reach(done: number): void {
    this.#done = done;
    const now = performance.now();
    const left = duration((((now - this.#startedAt) / 1000) * (this.#total - done)) / done);
    this.#bar?.update(done, { left });
    if (done >= this.#total) return this.close();
    if (this.#bar || now - this.#lineAt < lineMs) return;
    this.#lineAt = now;
    log.info(`${this.#what}: ${done} of ${this.#total} ${this.#unit}, ${left} left`);
  }

  /** Nothing more comes, whether or not all is done. */
  close(): void {
    this.#bar?.stop();
  }
}
