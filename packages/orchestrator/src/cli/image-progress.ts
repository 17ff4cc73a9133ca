import { SingleBar } from "cli-progress";
import { duration } from "./duration.ts";
import { isLive, log } from "./log.mjs";

/** A line in a log file says no more often how far something is. */
const lineMs = 30_000;

/** How far something is that goes over images: a live line on a terminal, elsewhere a line every half minute. */
export class ImageProgress {
  readonly #what: string;
  readonly #total: number;
  readonly #bar: SingleBar | undefined;
  readonly #startedAt = performance.now();
  #lineAt = this.#startedAt;
  #done = 0;

  /** @param live whether the console is a terminal */
  constructor(what: string, total: number, live: boolean = isLive()) {
    this.#what = what;
    this.#total = total;
    this.#bar = live
      ? new SingleBar({
          format: "{what} [{bar}] {value}/{total} images  {left} left",
          hideCursor: true,
          barsize: 20,
          gracefulExit: false,
          clearOnComplete: true,
        })
      : undefined;
    this.#bar?.start(total, 0, { what, left: "?" });
  }

  /** So many images more are done. */
  add(images: number): void {
    this.#done += images;
    const now = performance.now();
    const left = duration((((now - this.#startedAt) / 1000) * (this.#total - this.#done)) / this.#done);
    this.#bar?.update(this.#done, { left });
    if (this.#done >= this.#total) return this.close();
    if (this.#bar || now - this.#lineAt < lineMs) return;
    this.#lineAt = now;
    log.info(`${this.#what}: ${this.#done} of ${this.#total} images, ${left} left`);
  }

  /** Nothing more comes, whether or not all is done. */
  close(): void {
    this.#bar?.stop();
  }
}
