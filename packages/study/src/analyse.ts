import {
  bootstrapBca,
  cohensD,
  differences,
  holm,
  leastTwoSided,
  mean,
  resamplePlaces,
  signFlip,
  standardDeviation,
  tInterval,
  type Interval,
} from "@fledge/statistics";
import { measuresOf, type Comparison, type Outcome } from "./outcome.ts";

/** A variant's model by a measure over the seeds. */
export interface Summary {
  readonly variant: string;
  readonly model: string;
  readonly measure: string;
  readonly seeds: number;
  readonly mean: number;
  /** Of n - 1 degrees of freedom; NaN for a single seed. */
  readonly deviation: number;
  /** Student's, of the mean. */
  readonly interval: Interval;
}

/** A variant's model against another's, by the seeds that both have. */
export interface PairedDifference extends Comparison {
  readonly measure: string;
  readonly seeds: number;
  readonly mean: number;
  readonly interval: Interval;
  /** BCa bootstrap, which covers less than its level where seeds are few. */
  readonly bootstrap: Interval;
  /** Sign flips, two-sided. */
  readonly p: number;
  /** Holm's, over all comparisons of the study. */
  readonly adjusted: number;
  /** Cohen's d of the pairs; NaN for fewer than two. */
  readonly dz: number;
}

export interface Analysis {
  readonly level: number;
  readonly summaries: readonly Summary[];
  readonly comparisons: readonly PairedDifference[];
  /** What a reader must know before believing the numbers, a sentence each. */
  readonly warnings: readonly string[];
}

const resamples = 10_000;

const keyOf = ({ variant, model, measure }: Pick<Outcome, "variant" | "model" | "measure">): string =>
  JSON.stringify([variant, model, measure]);

function pair(of: readonly Outcome[], than: readonly Outcome[]): [number[], number[]] {
  const other = new Map(than.map(({ seed, value }) => [seed, value]));
  const both = of.filter(({ seed }) => other.has(seed));
  return [both.map(({ value }) => value), both.map(({ seed }) => other.get(seed)!)];
}

/**
 * Means, intervals and paired differences of a study.
 * @param outcomes one for each variant, model, measure and seed that is there; missing ones leave pairs out
 */
export function analyse(outcomes: readonly Outcome[], comparisons: readonly Comparison[], level = 0.95): Analysis {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) groups.set(keyOf(outcome), [...(groups.get(keyOf(outcome)) ?? []), outcome]);
  const summaries = [...groups.values()].map((group): Summary => {
    const values = group.map(({ value }) => value);
    const { variant, model, measure } = group[0]!;
    return {
      variant,
      model,
      measure,
      seeds: values.length,
      mean: mean(values),
      deviation: values.length > 1 ? standardDeviation(values) : NaN,
      interval: tInterval(values, level),
    };
  });
  // Drawn once for each number of pairs: drawing takes longer than all else here.
  const drawn = new Map<number, Int32Array>();
  const placesOf = (pairs: number): Int32Array => {
    if (!drawn.has(pairs)) drawn.set(pairs, resamplePlaces(pairs, resamples, 0));
    return drawn.get(pairs)!;
  };
  const compared = measuresOf(outcomes).flatMap((measure) =>
    comparisons.flatMap(({ of, than }): Omit<PairedDifference, "adjusted">[] => {
      const [a, b] = pair(groups.get(keyOf({ ...of, measure })) ?? [], groups.get(keyOf({ ...than, measure })) ?? []);
      if (a.length === 0) return [];
      const d = differences(a, b);
      return [
        {
          measure,
          of,
          than,
          seeds: d.length,
          mean: mean(d),
          interval: tInterval(d, level),
          bootstrap: bootstrapBca(d, placesOf(d.length), level).interval,
          p: signFlip(d).twoSided,
          dz: d.length > 1 ? cohensD(a, b).dz : NaN,
        },
      ];
    }),
  );
  const adjusted = holm(compared.map(({ p }) => p));
  return {
    level,
    summaries,
    comparisons: compared.map((comparison, index) => ({ ...comparison, adjusted: adjusted[index]! })),
    warnings: warningsOf(compared, level),
  };
}

/** What so many pairs cannot show, each of another seed, a sentence; undefined where they may be significant by themselves. */
export function fewSeeds(pairs: number, level = 0.95): string | undefined {
  const least = leastTwoSided(pairs);
  if (least <= 1 - level) return undefined;
  if (pairs === 1)
    return "one seed tells two trained models apart, not two ways to train: what another seed would do is not known. Six seeds or more can be significant.";
  return `${pairs} pairs cannot be significant: the least two-sided p is ${least}. Six seeds or more can.`;
}

/** What the numbers of seeds and comparisons cannot show. */
function warningsOf(compared: readonly { readonly seeds: number }[], level: number): string[] {
  if (compared.length === 0) return [];
  const pairs = Math.min(...compared.map(({ seeds }) => seeds));
  const few = fewSeeds(pairs, level);
  if (few !== undefined) return [few];
  const least = leastTwoSided(pairs);
  if (compared.length === 1 || least * compared.length <= 1 - level) return [];
  return [
    `corrected for ${compared.length} comparisons, ${pairs} pairs cannot be significant: the least p is ${least}, ` +
      `and ${Math.ceil(Math.log2((2 * compared.length) / (1 - level)))} seeds or more can be`,
  ];
}
