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

/** The accuracy of one model of one variant under one seed, a share of 1. */
export interface Outcome {
  readonly variant: string;
  readonly seed: number;
  readonly model: string;
  readonly task: string;
  readonly accuracy: number;
}

/** A variant's model on a task over the seeds. */
export interface Summary {
  readonly variant: string;
  readonly model: string;
  readonly task: string;
  readonly seeds: number;
  readonly mean: number;
  /** Of n - 1 degrees of freedom; NaN for a single seed. */
  readonly deviation: number;
  /** Student's, of the mean. */
  readonly interval: Interval;
}

/** A variant's model against another's, by the seeds that both have. */
export interface PairedDifference {
  readonly task: string;
  readonly of: { readonly variant: string; readonly model: string };
  readonly than: { readonly variant: string; readonly model: string };
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

const keyOf = ({ variant, model, task }: Pick<Outcome, "variant" | "model" | "task">): string =>
  JSON.stringify([variant, model, task]);

function grouped(outcomes: readonly Outcome[]): Map<string, Outcome[]> {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const key = keyOf(outcome);
    groups.set(key, [...(groups.get(key) ?? []), outcome]);
  }
  return groups;
}

/** What one variant's model is compared with. */
export interface Comparison {
  readonly of: { readonly variant: string; readonly model: string };
  readonly than: { readonly variant: string; readonly model: string };
}

function pair(of: readonly Outcome[], than: readonly Outcome[]): [number[], number[]] {
  const other = new Map(than.map(({ seed, accuracy }) => [seed, accuracy]));
  const both = of.filter(({ seed }) => other.has(seed));
  return [both.map(({ accuracy }) => accuracy), both.map(({ seed }) => other.get(seed)!)];
}

/**
 * Means, intervals and paired differences of a study.
 * @param outcomes one for each variant, model, task and seed that is there; missing ones leave pairs out
 */
export function analyse(outcomes: readonly Outcome[], comparisons: readonly Comparison[], level = 0.95): Analysis {
  const groups = grouped(outcomes);
  const summaries = [...groups.values()].map((group): Summary => {
    const values = group.map(({ accuracy }) => accuracy);
    const { variant, model, task } = group[0]!;
    return {
      variant,
      model,
      task,
      seeds: values.length,
      mean: mean(values),
      deviation: values.length > 1 ? standardDeviation(values) : NaN,
      interval: tInterval(values, level),
    };
  });
  const tasks = [...new Set(outcomes.map(({ task }) => task))];
  const compared = tasks.flatMap((task) =>
    comparisons.flatMap(({ of, than }): Omit<PairedDifference, "adjusted">[] => {
      const [a, b] = pair(groups.get(keyOf({ ...of, task })) ?? [], groups.get(keyOf({ ...than, task })) ?? []);
      if (a.length === 0) return [];
      const d = differences(a, b);
      return [
        {
          task,
          of,
          than,
          seeds: d.length,
          mean: mean(d),
          interval: tInterval(d, level),
          bootstrap: bootstrapBca(d, resamplePlaces(d.length, resamples, 0), level).interval,
          p: signFlip(d).twoSided,
          dz: d.length > 1 ? cohensD(a, b).dz : NaN,
        },
      ];
    }),
  );
  const adjusted = holm(compared.map(({ p }) => p));
  const few = Math.min(...compared.map(({ seeds }) => seeds));
  const least = leastTwoSided(few);
  const warnings = [
    ...(compared.length > 0 && least > 1 - level
      ? [`${few} pairs cannot be significant: the least two-sided p is ${least}. Six seeds or more can.`]
      : []),
    ...(compared.length > 1 && least <= 1 - level && least * compared.length > 1 - level
      ? [
          `corrected for ${compared.length} comparisons, ${few} pairs cannot be significant: the least p is ${least}, ` +
            `and ${Math.ceil(Math.log2((2 * compared.length) / (1 - level)))} seeds or more can be`,
        ]
      : []),
  ];
  return {
    level,
    summaries,
    comparisons: compared.map((comparison, index) => ({ ...comparison, adjusted: adjusted[index]! })),
    warnings,
  };
}
