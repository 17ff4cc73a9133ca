import type { EvaluationRecord, ModelName } from "../run/records.ts";
import { flopsIn, type RunCost, type WorkCost } from "./run-cost.ts";

/** Steps before a rate is believed. */
const settledSteps = 10;

interface Rate {
  readonly steps: number;
  readonly secondsOfStep: number;
  readonly secondsOfFlop: number;
}

/** What is measured once the rate is believed. */
export interface Pace {
  readonly steps: number;
  readonly secondsOfStep: number;
  readonly secondsLeft: number;
}

/**
 * How a run comes through what it has left, and from that how long the rest takes: at the rate of operations so far. It
 * is taken anew after the first epoch, whose images are decoded, where later ones come from the cache.
 */
export class RunPace {
  readonly #left: readonly WorkCost[];
  readonly #of: number;
  readonly #now: () => number;
  #done = 0;
  #steps = 0;
  #start: { readonly at: number; readonly done: number } | undefined;
  #rate: Rate | undefined;
  #cached = false;
  #epoch: { readonly before: number; readonly flops: number; readonly images: number; shown: number } | undefined;

  /** @param now milliseconds */
  constructor({ left }: Pick<RunCost, "left">, now = (): number => performance.now()) {
    this.#left = left;
    this.#of = flopsIn(left);
    this.#now = now;
  }

  /** A model's epoch begins: all that stands before it in the run's order is done. */
  epochBegins(model: ModelName, epoch: number, epochs: number): void {
    if (this.#rate && !this.#cached) {
      this.#cached = true;
      this.#start = undefined;
      this.#steps = 0;
    }
    const first = this.#left.findIndex((work) => work.model === model && work.part === "training");
    if (first < 0) return;
    let before = flopsIn(this.#left.slice(0, first));
    // Passes are those that were left, the last ones of the model's epochs.
    const own = this.#phasesOf(model);
    let toSkip = epoch - (epochs - own.reduce((sum, { passes }) => sum + passes, 0));
    for (const phase of own) {
      if (toSkip < phase.passes) {
        before += (phase.all / phase.passes) * Math.max(0, toSkip);
        this.#done = before;
        this.#epoch = { before, flops: phase.training / phase.passes, images: phase.images, shown: 0 };
        return;
      }
      before += phase.all;
      toSkip -= phase.passes;
    }
    this.#done = before;
    this.#epoch = undefined;
  }

  /** A step has shown so many images. */
  step(images: number): void {
    const epoch = this.#epoch;
    if (!epoch) return;
    epoch.shown += images;
    this.#done = epoch.before + epoch.flops * Math.min(1, epoch.shown / epoch.images);
    // The first step's compilation is no rate.
    if (!this.#start) this.#start = { at: this.#now(), done: this.#done };
    else if (++this.#steps >= settledSteps) this.#rate = this.#rateSince(this.#start);
  }

  #rateSince({ at, done }: { readonly at: number; readonly done: number }): Rate {
    const seconds = (this.#now() - at) / 1000;
    const steps = this.#steps;
    return { steps, secondsOfStep: seconds / steps, secondsOfFlop: seconds / (this.#done - done) };
  }

  evaluated({ model, task }: Pick<EvaluationRecord, "model" | "task">): void {
    const at = this.#left.findIndex((work) => work.part === "evaluation" && work.model === model && work.of === task);
    if (at >= 0) this.#done = Math.max(this.#done, flopsIn(this.#left.slice(0, at + 1)));
  }

  /** Undefined until enough steps were seen. */
  get measured(): Pace | undefined {
    if (!this.#rate) return undefined;
    const { steps, secondsOfStep, secondsOfFlop } = this.#rate;
    return { steps, secondsOfStep, secondsLeft: secondsOfFlop * Math.max(0, this.#of - this.#done) };
  }

  /** The phases of a model that are left, in order: passes, what a pass shows, and the operations with and without looks. */
  #phasesOf(model: ModelName): { passes: number; images: number; training: number; all: number }[] {
    const own = this.#left.filter((work) => work.part === "training" && work.model === model && work.passes > 0);
    return own.map((work) => {
      const at = this.#left.indexOf(work);
      const validation: WorkCost[] = [];
      for (const next of this.#left.slice(at + 1)) {
        if (next.part !== "validation") break;
        validation.push(next);
      }
      const images = work.images * (1 + work.use.batches.perImage);
      return { passes: work.passes, images, training: work.flops, all: work.flops + flopsIn(validation) };
    });
  }
}
