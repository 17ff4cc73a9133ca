import type { Spread } from "@fledge/kernel-lab";

/** A rung or a probe that was timed, and what it does in that time. */
export interface Measurement {
  readonly outcome: "timed";
  readonly rung: string;
  readonly timeUs: Spread;
  readonly rateGflops: number;
  /** Of the least traffic: every input read once, every output written once. */
  readonly rateGbps: number;
}

/** A rung that computes rightly. */
export interface TimedRung extends Measurement {
  /** What the header of its WGSL says about its traffic, where it says it as `16 FLOP/B`. */
  readonly flopPerByte: number | null;
  /** The largest error over its bound, so at most 1. */
  readonly worstError: number;
}

/** A rung that is not timed, and why. */
export interface Refusal {
  readonly outcome: "unsupported" | "failed";
  readonly rung: string;
  readonly reason: string;
}

/** A kernel's rungs on one shape. */
export interface CaseResult {
  readonly name: string;
  readonly shape: unknown;
  readonly flops: number;
  /** Least traffic. */
  readonly leastBytes: number;
  /** The rung that runs where none is forced. */
  readonly selected: string;
  readonly referenceUs: Spread;
  readonly ceilings: { readonly fma: Measurement; readonly copy: Measurement };
  /** In ladder order, the dispatch floor first. */
  readonly rungs: readonly (TimedRung | Refusal)[];
}

/** A kernel's rungs on all shapes, and where and when they were timed. */
export interface LadderResult {
  readonly adapter: { readonly name: string; readonly driver: string; readonly software: boolean };
  readonly environment: {
    /** Null in a browser. */
    readonly node: string | null;
    /** `Chrome 156`, where it was measured in one. */
    readonly browser?: string | undefined;
    readonly cpu: string;
    readonly cores: number;
    readonly commit: string | null;
  };
  readonly mode: "quick" | "full";
  /** Day in UTC, as 2026-11-22. */
  readonly date: string;
  readonly cases: readonly CaseResult[];
}
