import { compareLadders, type Change } from "./compare.ts";
import type { LadderResult } from "./ladder-result.ts";
import { renderTable } from "./table.ts";

type Ladders = Readonly<Record<string, LadderResult>>;

const yardsticks: Readonly<Record<string, (change: Change) => number>> = {
  "time alone": ({ byTime }) => byTime,
  "by FMA probe": ({ byFma }) => byFma,
  "by copy probe": ({ byCopy }) => byCopy,
  "by CPU reference": ({ byReference }) => byReference,
  "least of the three": ({ slowdown }) => slowdown,
};
const limits = [1.25, 1.5, 2] as const;

/** Every ordered pair of different runs. */
const pairsOf = <T>(runs: readonly T[]): (readonly [T, T])[] =>
  runs.flatMap((a) => runs.filter((b) => b !== a).map((b) => [a, b] as const));

const share = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(2)} %`);

/** How often two further runs agree that a rung takes more than `limit` times as long as in a first. */
function twice(runs: readonly Ladders[], limit: number): string {
  let slow = 0;
  let all = 0;
  for (const first of runs) {
    for (const [b, c] of pairsOf(runs.filter((run) => run !== first))) {
      const again = new Map(
        compareLadders(first, c).changes.map((change) => [`${change.rung} ${change.layer}`, change.slowdown]),
      );
      for (const { rung, layer, slowdown } of compareLadders(first, b).changes) {
        all += 1;
        if (Math.min(slowdown, again.get(`${rung} ${layer}`) ?? 0) > limit) slow += 1;
      }
    }
  }
  return share(slow, all);
}

/**
 * How far several runs of one program differ, as a table: the share of the comparisons, of every rung in every run
 * with the same in every other, that call the rung slower by more than a factor, by each yardstick.
 */
export function renderNoise(runs: readonly Ladders[]): string {
  const changes = pairsOf(runs).flatMap(([a, b]) => compareLadders(a, b).changes);
  const rows = Object.entries(yardsticks).map(([name, ratioOf]) => {
    const ratios = changes.map(ratioOf);
    return [
      name,
      ...limits.map((limit) => share(ratios.filter((ratio) => ratio > limit).length, ratios.length)),
      Math.max(...ratios).toFixed(2),
    ];
  });
  rows.push(["least of the three, twice", ...limits.map((limit) => twice(runs, limit)), ""]);
  return renderTable([`${changes.length} comparisons`, ...limits.map((limit) => `above ${limit}`), "largest"], rows);
}
