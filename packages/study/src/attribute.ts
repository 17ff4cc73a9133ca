import { mean, tInterval, type Interval } from "@fledge/statistics";
import { measuresOf, outcomesBy, type Contender, type Outcome } from "./outcome.ts";

/** From one variant of a path to another: what the switches between them explain. */
export interface Step {
  readonly from: Contender;
  readonly to: Contender;
  readonly mean: number;
  /** Student's, of the differences paired by seed. */
  readonly interval: Interval;
}

/** How the difference between a path's ends falls to its steps; their means add up to the whole's. */
export interface Attribution {
  readonly measure: string;
  /** The seeds that every variant of the path has; the others are left out of every step. */
  readonly seeds: readonly number[];
  readonly steps: readonly Step[];
  readonly whole: Step;
}

/**
 * Which step of a path explains which points, by every measure that has a seed of all its variants. What a step explains
 * depends on those before it: another order of the switches may divide the same whole otherwise.
 * @param path what each variant is looked at by, two or more
 */
export function attribute(outcomes: readonly Outcome[], path: readonly Contender[], level = 0.95): Attribution[] {
  return measuresOf(outcomes).flatMap((measure) => {
    const values = path.map(
      (contender) => new Map(outcomesBy(outcomes, contender, measure).map(({ seed, value }) => [seed, value])),
    );
    const seeds = [...values[0]!.keys()].filter((seed) => values.every((own) => own.has(seed)));
    if (seeds.length === 0) return [];
    const between = (from: number, to: number): Step => {
      const differences = seeds.map((seed) => values[to]!.get(seed)! - values[from]!.get(seed)!);
      return { from: path[from]!, to: path[to]!, mean: mean(differences), interval: tInterval(differences, level) };
    };
    const steps = path.slice(1).map((_, index) => between(index, index + 1));
    return [{ measure, seeds, steps, whole: between(0, path.length - 1) }];
  });
}
