import type { Spread } from "@fledge/kernel-lab";
import type { CaseResult, LadderResult, TimedRung } from "../src/ladder-result.ts";

export const spread = (median: number): Spread => ({ median, p10: 0.9 * median, p90: 1.1 * median, samples: 5 });

/** Work of the cases below: 4 MFLOP on `bytes` bytes. */
const flops = 4e6;

export const timed = (rung: string, medianUs: number, bytes = 1e5): TimedRung => ({
  outcome: "timed",
  rung,
  flopPerByte: null,
  timeUs: spread(medianUs),
  rateGflops: flops / medianUs / 1e3,
  rateGbps: bytes / medianUs / 1e3,
  worstError: 0.25,
});

/** A case whose probes reach 100 GFLOPS and 10 GB/s, and whose reference takes 5 ms. */
export const caseOf = (name: string, rungs: CaseResult["rungs"], selected: string, bytes = 1e5): CaseResult => ({
  name,
  shape: { N: 2, C: 16, mode: "train" },
  flops,
  leastBytes: bytes,
  selected,
  referenceUs: spread(5000),
  ceilings: {
    fma: { ...timed("fma-probe/fma", 40), rateGflops: 100 },
    copy: { ...timed("copy-probe/copy", 10), rateGbps: 10 },
  },
  rungs,
});

export const ladderOf = (...cases: CaseResult[]): LadderResult => ({
  adapter: { name: "an adapter", driver: "a driver", software: true },
  environment: { node: "v20.19.0", cpu: "a processor", cores: 2, commit: null },
  mode: "quick",
  date: "2026-11-22",
  cases,
});
