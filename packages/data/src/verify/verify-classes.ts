import { matchClasses } from "../classes.ts";
import { wantNone, type Finding } from "./finding.ts";

const bareName = (name: string): string => name.replace(/^\d+\./, "").toLowerCase();

/**
 * Holds the class lists of both years against each other. Numbers decide, so a name that stands under another number
 * in the other list is wrong; one that the other list spells differently is told and no more, because the two lists
 * were never published as one.
 */
export function verifyClasses(labelled: readonly string[], unlabelled: readonly string[]): Finding[] {
  const matches = [tryMatch(unlabelled, labelled), tryMatch(labelled, unlabelled)];
  const alone = matches.flatMap(({ fault }) => fault ?? []);
  const labelOf = new Map(labelled.map((name, label) => [bareName(name), label]));
  const moved = unlabelled.flatMap((name, label) => {
    const other = labelOf.get(bareName(name));
    return other === undefined || other === label
      ? []
      : [`"${name}" is "${labelled[other]}" among the labelled classes`];
  });
  const spelt = alone.length > 0 || moved.length > 0 ? [] : matches[0]!.warnings;
  const mend = "Give the two years of one data set, with their own class lists";
  return [
    wantNone("both", "class lists without a match", alone, mend),
    wantNone("both", "classes under two numbers", moved, mend),
    wantNone("both", "classes spelt in two ways", spelt, "They are matched by number", "note"),
  ];
}

function tryMatch(source: readonly string[], target: readonly string[]): { warnings: string[]; fault?: string } {
  try {
    return { warnings: matchClasses(source, target).warnings };
  } catch (error) {
    if (error instanceof RangeError) return { warnings: [], fault: error.message };
    throw error;
  }
}
