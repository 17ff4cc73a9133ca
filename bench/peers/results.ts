// What a run leaves behind.
import { spreadOf, type environment, type Spread } from "@fledge/bench";
import type { Description } from "./contender.ts";
import { convFlops, type Case } from "./tasks.ts";

export interface EntryResult {
  readonly contender: string;
  /** Time of one doing, by round; null in rounds that a slow contender sat out. */
  readonly samplesMs: readonly (number | null)[];
  /** How many doings one sample timed together. */
  readonly repeats: number;
  /** Greatest difference from Fledge's results, as a share of their greatest magnitude; null for Fledge itself. */
  readonly difference: number | null;
  /** Why there are no times, or fewer. */
  readonly error?: string;
}

export interface CaseResult extends Case {
  /** A difference above this is reported as disagreement. */
  readonly tolerance: number;
  readonly entries: readonly EntryResult[];
}

export interface ContenderResult {
  readonly id: string;
  readonly title: string;
  readonly versions: Description["versions"];
  /** Why it took no part. */
  readonly absent?: string;
}

export interface PeersResult {
  readonly date: string;
  readonly environment: ReturnType<typeof environment>;
  readonly adapter: NonNullable<Description["adapter"]>;
  /** `command` is how the run was started. */
  readonly settings: { readonly command: string; readonly rounds: number; readonly slowRounds: number };
  readonly contenders: readonly ContenderResult[];
  readonly cases: readonly CaseResult[];
}

export const entryOf = ({ entries }: CaseResult, contender: string): EntryResult | undefined =>
  entries.find((entry) => entry.contender === contender);

const present = (samples: readonly (number | null)[]): number[] => samples.filter((sample) => sample !== null);

/** Time of a contender in milliseconds, or null where it was not measured. */
export function timeOf(result: CaseResult, contender: string): Spread | null {
  const samples = present(entryOf(result, contender)?.samplesMs ?? []);
  return samples.length === 0 ? null : spreadOf(samples);
}

/** A peer's time over Fledge's, round by round; above 1 Fledge is faster. */
export function ratioOf(result: CaseResult, peer: string): Spread | null {
  const own = entryOf(result, "fledge")?.samplesMs ?? [];
  const theirs = entryOf(result, peer)?.samplesMs ?? [];
  const ratios = theirs.flatMap((sample, round) => {
    const ownSample = own[round] ?? null;
    return sample === null || ownSample === null ? [] : [sample / ownSample];
  });
  return ratios.length === 0 ? null : spreadOf(ratios);
}

export const disagrees = ({ tolerance }: CaseResult, { difference }: EntryResult): boolean =>
  difference !== null && !(difference <= tolerance);

/** Fledge's rate in a convolution; null of other tasks, and where it was not measured. */
export function gflopsOf(result: CaseResult): number | null {
  const { task } = result;
  const time = timeOf(result, "fledge");
  return task.kind === "conv" && time ? convFlops(task.shape) / time.median / 1e6 : null;
}

export const titleOf = ({ contenders }: PeersResult, id: string): string =>
  contenders.find((contender) => contender.id === id)?.title ?? id;
