import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  compareLadders,
  placeName,
  readLadders,
  renderChanges,
  replaceResults,
  type Comparison,
  type LadderResult,
} from "@fledge/bench";

export type Ladders = Readonly<Record<string, LadderResult>>;

/** Slower by this factor, measured by every yardstick of its run and twice over, a rung is reported; see docs/decisions.md. */
export const alarmFactor = 1.5;

/** The figures and the verdict of each project's latest whole run: `<project>.json` and `<project>.txt`. */
export const resultsFolder = (workspace: string): string => join(workspace, ".cache", "bench");
const baselineFile = (workspace: string): string => join(workspace, "bench", "baseline.json");

/** The committed results by title; none where there is no such file. @throws if it holds something else */
export const readBaseline = (workspace: string): Ladders => {
  const file = baselineFile(workspace);
  return existsSync(file) ? readLadders(file) : {};
};

/** Rungs that became slower than in the baseline by more than `alarmFactor`, and those that are not timed any more. */
export function findSlower(baseline: Ladders, now: Ladders): Comparison {
  const comparable = Object.entries(now).filter(
    ([title, { adapter }]) =>
      baseline[title] !== undefined && placeName(baseline[title].adapter) === placeName(adapter),
  );
  const { changes, lost } = compareLadders(baseline, Object.fromEntries(comparable));
  return { changes: changes.filter(({ slowdown }) => slowdown > alarmFactor), lost };
}

/** Those of `first` that a second measurement shows again. */
export function confirmed(first: Comparison, again: Comparison): Comparison {
  const isSlowAgain = (one: { rung: string; layer: string }): boolean =>
    again.changes.some(({ rung, layer }) => rung === one.rung && layer === one.layer);
  return { changes: first.changes.filter(isSlowAgain), lost: first.lost };
}

const rungsOf = (ladder: LadderResult | undefined): string[] => [
  ...new Set(ladder?.cases.flatMap(({ rungs }) => rungs.map(({ rung }) => rung))),
];

/** What the comparison with the baseline says of a project's ladders, in words. */
export function verdict(baseline: Ladders, now: Ladders, { changes, lost }: Comparison): string {
  const elsewhere = Object.keys(now).filter(
    (title) => baseline[title] && placeName(baseline[title].adapter) !== placeName(now[title]!.adapter),
  );
  const compared = Object.keys(now).filter((title) => baseline[title] && !elsewhere.includes(title));
  const added = Object.entries(now).flatMap(([title, ladder]) => {
    const known = new Set(rungsOf(baseline[title]));
    return rungsOf(ladder).filter((rung) => !known.has(rung));
  });
  return [
    ...(added.length > 0
      ? [`Not in bench/baseline.json, which bench/README.md tells how to renew: ${added.join(", ")}`]
      : []),
    ...(elsewhere.length > 0
      ? [`Not compared with bench/baseline.json, which has them from another adapter: ${elsewhere.join(", ")}`]
      : []),
    ...lost.map((what) => `LOST    ${what}`),
    ...changes.map(
      ({ rung, layer, slowdown }) =>
        `SLOWER  ${rung} on ${layer}: ${slowdown.toFixed(2)} times as long as in bench/baseline.json`,
    ),
    ...(changes.length > 0 ? ["", renderChanges(changes), ""] : []),
    ...(compared.length > 0 && changes.length + lost.length === 0
      ? [`As fast as in bench/baseline.json, within a factor of ${alarmFactor}: ${compared.join(", ")}`]
      : []),
  ].join("\n");
}

/**
 * Makes the kept figures of all projects the baseline, in place of all that was in it.
 * @returns the number of ladders
 * @throws where a ladder of the baseline has no kept figures: part of a record never takes a whole one's place
 */
export async function renewBaseline(workspace: string): Promise<number> {
  const folder = resultsFolder(workspace);
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
  const ladders = Object.assign({}, ...files.map((name) => readLadders(join(folder, name)))) as Ladders;
  const count = Object.keys(ladders).length;
  if (count === 0) throw new Error(`${folder} holds no figures of a ladder: run \`npm run bench\` first`);
  const missing = Object.keys(readBaseline(workspace)).filter((title) => !Object.hasOwn(ladders, title));
  if (missing.length > 0)
    throw new Error(
      `bench/baseline.json has ${missing.length} ladder(s) that ${folder} has no figures of: ${missing.join(", ")}. ` +
        "Measure their kernels first (`npm run bench` measures all), or take their lines out of bench/baseline.json if they are gone",
    );
  await replaceResults(baselineFile(workspace), ladders);
  return count;
}
