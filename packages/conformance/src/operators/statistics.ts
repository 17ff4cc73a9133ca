import type { GoldenCase } from "@fledge/golden-cases";
import {
  bootstrapBca,
  cohensD,
  holm,
  mcnemar,
  mean,
  pairedT,
  signFlip,
  standardDeviation,
  tInterval,
  wilsonInterval,
  type Interval,
} from "@fledge/statistics";
import { z } from "zod";
import type { Computed } from "../compare.ts";
import type { CaseRunner } from "../context.ts";

type Numbers = number | ArrayLike<number>;

/** Numbers as f32 tensors, a lone one as a scalar. */
const floats = (named: Readonly<Record<string, Numbers>>): Computed =>
  new Map(
    Object.entries(named).map(([name, value]) => {
      const [shape, values] = typeof value === "number" ? [[], [value]] : [[value.length], value];
      return [name, { shape, data: Float32Array.from(values) }];
    }),
  );

const integers = (named: Readonly<Record<string, Numbers>>): Computed =>
  new Map(
    [...floats(named)].map(([name, { shape, data }]) => [name, { shape, data: Int32Array.from(data as Float32Array) }]),
  );

const ends = ({ low, high }: Interval): number[] => [low, high];

const levelOf = (golden: GoldenCase): number => golden.attributesAs(z.object({ level: z.number() })).level;

const numbers = (golden: GoldenCase, name: string): number[] => {
  const { data } = golden.tensor(name);
  return Array.from(data as Float32Array | Int32Array);
};

const runners = {
  bootstrap_bca: (golden) => {
    const resamples = golden.int32("resample_indices");
    const {
      interval,
      percentile,
      mean: centre,
      z0,
      acceleration,
      means,
    } = bootstrapBca(numbers(golden, "differences"), resamples, levelOf(golden));
    return floats({
      interval: ends(interval),
      percentile_interval: ends(percentile),
      mean: centre,
      z0,
      acceleration,
      bootstrap_means: means,
    });
  },
  sign_flip_permutation: (golden) => {
    const d = numbers(golden, "differences");
    const { twoSided, greater, less } = signFlip(d);
    return floats({ p_two_sided: twoSided, p_greater: greater, p_less: less, mean: mean(d) });
  },
  mcnemar: (golden) => {
    const { onlyA, onlyB, exact, mid } = mcnemar(numbers(golden, "correct_a"), numbers(golden, "correct_b"));
    return new Map([...integers({ only_a: onlyA, only_b: onlyB }), ...floats({ p_exact: exact, p_mid: mid })]);
  },
  wilson_interval: (golden) => {
    const [successes, trials] = [numbers(golden, "successes"), numbers(golden, "trials")];
    const intervals = successes.map((count, index) => wilsonInterval(count, trials[index]!, levelOf(golden)));
    return floats({ low: intervals.map(({ low }) => low), high: intervals.map(({ high }) => high) });
  },
  holm: (golden) => {
    const { alpha } = golden.attributesAs(z.object({ alpha: z.number() }));
    const adjusted = holm(numbers(golden, "p_values"));
    const rejected = adjusted.map((p) => Number(p <= alpha));
    return new Map([...floats({ adjusted }), ...integers({ rejected })]);
  },
  t_interval: (golden) => {
    const [values, pairedWith] = [numbers(golden, "values"), numbers(golden, "paired_with")];
    const { t, p } = pairedT(values, pairedWith);
    return floats({
      mean: mean(values),
      standard_deviation: standardDeviation(values),
      interval: ends(tInterval(values, levelOf(golden))),
      paired_t: t,
      paired_p: p,
    });
  },
  cohens_d: (golden) => {
    const { dz, dav, hedgesGz } = cohensD(numbers(golden, "a"), numbers(golden, "b"));
    return floats({ d_z: dz, d_av: dav, ...(hedgesGz === undefined ? {} : { hedges_g_z: hedgesGz }) });
  },
} satisfies Record<string, (golden: GoldenCase) => Computed>;

/** The statistics of studies, by op. */
export const statisticsOps: Readonly<Record<string, CaseRunner>> = Object.fromEntries(
  Object.entries(runners).map(([op, run]) => [op, async (golden: GoldenCase) => run(golden)]),
);
