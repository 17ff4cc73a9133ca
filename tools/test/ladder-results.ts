import type { LadderResult } from "@fledge/bench";

const spread = (median: number) => ({ median, p10: median, p90: median, samples: 3 });
const measured = (rung: string, timeUs: number) =>
  ({ outcome: "timed", rung, timeUs: spread(timeUs), rateGflops: 2, rateGbps: 2 }) as const;

/** Results of a ladder of one rung on one layer; the probes and the reference always take as long. */
export const ladder = (name: string, timeUs: number): LadderResult => ({
  adapter: { name: "an adapter", driver: "a driver", software: true },
  environment: { node: "v20.19.0", cpu: "a processor", cores: 2, commit: null },
  mode: "quick",
  date: "2026-11-22",
  cases: [
    {
      name: "layer1",
      shape: { count: 1000 },
      flops: 1e4,
      leastBytes: 1e4,
      selected: `${name}/01-naive`,
      referenceUs: spread(500),
      ceilings: { fma: measured("fma-probe/fma", 1), copy: measured("copy-probe/copy", 1) },
      rungs: [{ ...measured(`${name}/01-naive`, timeUs), flopPerByte: null, worstError: 0 }],
    },
  ],
});
