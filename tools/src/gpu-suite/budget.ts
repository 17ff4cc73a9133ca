import { partNames, type PartName } from "./results.ts";

/** What each part needs on a large GPU, in seconds, by an H200's; all of them together fit nine minutes. */
const needs: Readonly<Record<PartName, number>> = {
  doctor: 5,
  conformance: 60,
  steps: 60,
  pytorch: 50,
  halves: 40,
  "tuned-matrix": 75,
  "tuned-f16": 60,
  ladders: 75,
  demo: 60,
  "tuned-f32": 30,
  rungs: 25,
};

const sumOf = (names: readonly PartName[]): number => names.reduce((sum, name) => sum + needs[name], 0);

/** The parts that a time is enough for: of those that are wanted the last ones, the least important, are given up. */
function fitting(wanted: readonly PartName[], seconds: number): readonly PartName[] {
  let names = partNames.filter((name) => wanted.includes(name));
  while (names.length > 1 && sumOf(names) > seconds) names = names.slice(0, -1);
  return names;
}

/**
 * The seconds that a part may take when its turn comes: all that are left but what later parts need; null where too few
 * are left. So what an early part does not use falls to later ones, and in the end to those that were given up, where it is
 * half of what they need: what is cut off has found something.
 * @param seconds of the whole run
 */
export function secondsFor(name: PartName, wanted: readonly PartName[], seconds: number, left: number): number | null {
  const planned = fitting(wanted, seconds);
  const later = planned.slice(planned.indexOf(name) + 1);
  if (planned.includes(name)) return Math.max(0, left - sumOf(later));
  return left >= needs[name] / 2 ? left : null;
}

/** Why a part is left out. */
export const whyTooLong = (name: PartName, left: number): string =>
  `it takes about ${needs[name]} s, and ${Math.max(0, left).toFixed(0)} s were left: --minutes gives more, --only ${name} runs it alone`;
