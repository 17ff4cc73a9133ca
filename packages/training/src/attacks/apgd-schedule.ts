import { modes } from "@fledge/attack-step";
import type { Control } from "./ascent.ts";

/** Share of a period's steps that must raise the loss, else the step size is halved. */
const raisingShare = 0.75;
/** Weight of a step against the one before. */
const momentum = 0.75;

/**
 * After how many steps APGD looks back (Croce and Hein 2020, section 3.1): first after 22 % of them, then after periods
 * that get shorter by 3 % down to 6 %, in whole steps as the authors' code rounds them.
 */
export function apgdCheckpoints(steps: number): number[] {
  const whole = (share: number): number => Math.max(Math.floor(share * steps), 1);
  const points: number[] = [];
  for (let period = whole(0.22), at = period; at <= steps; at += period) {
    points.push(at);
    period = Math.max(period - whole(0.03), whole(0.06));
  }
  return points;
}

/** The way of one image through APGD: its step size, and whether it goes back to its best point. */
export class ApgdImage {
  readonly #epsilon: number;
  readonly #losses: number[];
  #size: number;
  #mode: Control["mode"] = modes.keepBest;
  #best: number;
  #bestAtCheckpoint: number;
  #halvedAtCheckpoint = true;
  #checkedAt = 0;
  #stopped = false;

  /** @param loss at the start */
  constructor(epsilon: number, loss: number) {
    this.#epsilon = epsilon;
    this.#size = 2 * epsilon;
    this.#losses = [loss];
    this.#best = this.#bestAtCheckpoint = loss;
  }

  /** Whether its best point is the one where it stands. */
  get atBest(): boolean {
    return this.#stopped || this.#mode === modes.keepBest;
  }

  /** What it does next. The first step carries nothing along. */
  control(): Control {
    if (this.#stopped) return { size: 0, epsilon: this.#epsilon, momentum: 1, mode: modes.plain };
    const carried = this.#losses.length === 1 ? 1 : momentum;
    return { size: this.#size, epsilon: this.#epsilon, momentum: carried, mode: this.#mode };
  }

  /** It is fooled, and stays where it is. */
  stop(): void {
    this.#stopped = true;
  }

  /** @param loss after a step; @param checkpoint whether it looks back now */
  observe(loss: number, checkpoint: boolean): void {
    if (this.#stopped) return;
    this.#losses.push(loss);
    const improved = loss > this.#best;
    if (improved) this.#best = loss;
    this.#mode = improved ? modes.keepBest : modes.plain;
    if (checkpoint) this.#lookBack();
  }

  #lookBack(): void {
    const steps = this.#losses.length - 1;
    const period = steps - this.#checkedAt;
    const raising = this.#losses.filter((loss, i) => i > this.#checkedAt && loss > this.#losses[i - 1]!).length;
    const stuck = !this.#halvedAtCheckpoint && this.#bestAtCheckpoint >= this.#best;
    const halved = raising <= raisingShare * period || stuck;
    if (halved) {
      this.#size /= 2;
      if (this.#mode !== modes.keepBest) this.#mode = modes.backToBest;
    }
    this.#halvedAtCheckpoint = halved;
    this.#bestAtCheckpoint = this.#best;
    this.#checkedAt = steps;
  }
}
