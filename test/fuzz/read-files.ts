// A child of main.ts: reads files in a process of its own, so that a crash or a hang of native code ends only that.
import { keep } from "./corpus.ts";
import { contentsOf, inputOf, isFault, judge, type Outcome } from "./fuzz.ts";
import type { Reader } from "./reader.ts";
import { readerOf } from "./readers/all.ts";

/** A reading of so few bytes takes milliseconds. */
const slowMs = 5000;

/** Files read at once, by a reader that can: libuv's pool, in which images are decoded, has as many threads. */
const lanes = 4;

export type Counts = Partial<Record<Outcome | "slow", number>>;

/** To the parent: the number of the next file, and what became of those before it since the last word. */
export interface Word {
  readonly next: number;
  readonly counts: Counts;
  readonly peakMiB: number;
}

const [name, ...numbers] = process.argv.slice(2);
const [seed, from, end, every] = numbers.map(Number) as [number, number, number, number];
const reader = readerOf(name!);
const known = await contentsOf(reader);

/** Reads one file and keeps it where it is a fault. */
async function tell(by: Reader, index: number): Promise<Outcome | "slow"> {
  const bytes = inputOf(by, seed, index);
  const begun = performance.now();
  const judged = await judge(by, bytes, known);
  const ms = Math.round(performance.now() - begun);
  const isSlow = ms > slowMs && !isFault(judged.outcome);
  const [outcome, reason] = isSlow ? (["slow", `${ms} ms`] as const) : [judged.outcome, judged.reason];
  if (outcome === "slow" || isFault(outcome))
    console.error(`${keep(reader.name, `${seed}-${index}`, bytes)}: ${outcome}: ${reason}`);
  return outcome;
}

/** Where each file is read again alone, one that ends the process is the one that was being read. */
const alone = reader.twin === undefined || every === 1;
const twins = alone ? [reader] : Array.from({ length: lanes }, (_, lane) => reader.twin!(lane));

for (let next = from; next < end;) {
  const stop = Math.min(end, next + every);
  const counts: Counts = {};
  await Promise.all(
    twins.map(async (twin) => {
      while (next < stop) {
        const outcome = await tell(twin, next++);
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      }
    }),
  );
  process.send!({ next, counts, peakMiB: Math.round(process.resourceUsage().maxRSS / 1024) } satisfies Word);
}
process.disconnect();
