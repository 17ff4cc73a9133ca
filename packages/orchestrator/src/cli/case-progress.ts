import { percent } from "../report/percent.ts";
import type { CaseUnderWay } from "../stages/session.ts";
import { duration } from "./duration.ts";
import { LiveBar } from "./live-bar.ts";
import { log } from "./log.mjs";

/** What is said of a case: its accuracy where it has one, else its first number. */
function shown(values: Readonly<Record<string, number>>): string {
  const [name, value] = "accuracy" in values ? ["accuracy", values["accuracy"]] : (Object.entries(values)[0] ?? []);
  if (name === undefined || value === undefined) return "measured";
  return name === "accuracy" ? `accuracy ${percent(value)}` : `${name} ${value.toFixed(4)}`;
}

/** How far `fledge robustness` has come: a live line on a terminal, elsewhere a line for each case and in long ones every half minute. */
export class CaseProgress {
  readonly #bar: LiveBar | undefined;
  #cases = 0;
  #done = 0;
  #known = 0;
  #cost = 0;
  #costDone = 0;
  #costKnown = 0;
  #startedAt = 0;
  #lineAt = 0;

  constructor(live: boolean) {
    this.#bar = live ? new LiveBar("{name} [{bar}] {done}/{cases} cases  {left} left") : undefined;
  }

  begin({ cases, cost }: { readonly cases: number; readonly cost: number }): void {
    this.#cases = cases;
    this.#cost = cost;
    this.#done = this.#known = this.#costDone = this.#costKnown = 0;
    this.#startedAt = this.#lineAt = performance.now();
    this.#bar?.start(cost, 0, { name: "", done: 0, cases, left: "?" });
  }

  #left(costDone: number): string {
    const measured = costDone - this.#costKnown;
    if (measured <= 0) return "?";
    const perCost = (performance.now() - this.#startedAt) / 1000 / measured;
    return duration(perCost * (this.#cost - costDone));
  }

  underWay({ subject, name, cost }: CaseUnderWay, share: number): void {
    const costDone = this.#costDone + share * cost;
    const left = this.#left(costDone);
    this.#bar?.update(costDone, { name: `${subject}, ${name}`, done: this.#done, left });
    const now = performance.now();
    if (this.#bar || now - this.#lineAt < 30_000) return;
    this.#lineAt = now;
    log.info(`${subject}, ${name}: ${(100 * share).toFixed(0)} % done, ${left} left of all`);
  }

  measured({ subject, name, cost }: CaseUnderWay, known: boolean, values: Readonly<Record<string, number>>): void {
    this.#done += 1;
    this.#costDone += cost;
    if (known) {
      this.#known += 1;
      this.#costKnown += cost;
    } else {
      const left = this.#left(this.#costDone);
      this.#bar?.update(this.#costDone, { name: `${subject}, ${name}`, done: this.#done, left });
      if (!this.#bar)
        log.info(`${subject}, ${name}: ${shown(values)}; ${this.#done} of ${this.#cases} cases, ${left} left`);
      this.#lineAt = performance.now();
    }
    if (this.#done < this.#cases) return;
    this.#bar?.stop();
    if (this.#known > 0) log.info(`${this.#known} of ${this.#cases} cases were measured already`);
  }

  close(): void {
    this.#bar?.stop();
  }
}
