import { partNames, type PartName } from "./results.ts";

/**
 * What each part needs on a large GPU, in seconds, by an H200's; all of them together fit nine minutes, of which some
 * seconds pass before the first begins.
 */
export const needs: Readonly<Record<PartName, number>> = {
  doctor: 5,
  conformance: 60,
  steps: 60,
  pytorch: 50,
  halves: 40,
  "tuned-matrix": 65,
  "tuned-f16": 60,
  ladders: 75,
  demo: 60,
  "tuned-f32": 30,
  rungs: 25,
};

const sumOf = (names: readonly PartName[]): number => names.reduce((sum, name) => sum + needs[name], 0);

/**
 * The seconds that a part may take when its turn comes: all that are left but what later parts need, of which the last,
 * the least important, are given up where it is not enough for all. So no part has less than it needs while a later one
 * can be given up, and what it does not use falls to later ones. Null where it is not half of what the part needs: what
 * is cut off after that has found something.
 * @param wanted the parts of the run, those before this one too
 * @param left until the whole run is to end
 */
export function secondsFor(name: PartName, wanted: readonly PartName[], left: number): number | null {
  let later = partNames.slice(partNames.indexOf(name) + 1).filter((one) => wanted.includes(one));
  while (later.length > 0 && needs[name] + sumOf(later) > left) later = later.slice(0, -1);
  return left >= needs[name] / 2 ? left - sumOf(later) : null;
}

/** Why a part is left out. */
export const whyTooLong = (name: PartName, left: number): string =>
  `it takes about ${needs[name]} s, and ${Math.max(0, left).toFixed(0)} s were left: --minutes gives more, --only ${name} runs it alone`;
