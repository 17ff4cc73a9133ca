import { DataError } from "./error.ts";

/** Both years of CUB name a class `NNN.Name`, numbered from 1. Undefined for any other name. */
function classNumber(name: string): number | undefined {
  const digits = /^(\d+)\../.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Checks that class names are numbered 1, 2, 3 ... in order, so that label = number - 1. */
export function checkClassNumbers(classes: readonly string[], file: string): void {
  for (const [label, name] of classes.entries()) {
    if (classNumber(name) !== label + 1) {
      const wanted = String(label + 1).padStart(3, "0");
      const problem = `class ${label + 1} is "${name}", but CUB's classes are numbered without a gap`;
      throw new DataError({ file }, problem, `Its name must begin with "${wanted}."`);
    }
  }
}

/** Carries labels of one numbered class list over to another. */
export interface ClassMap {
  /** `labels[sourceLabel]` is the label of the same class number in the target list. */
  labels: number[];
  /** A sentence per class whose number is the same and whose name is not (letter case aside). */
  warnings: string[];
}

/**
 * Maps the labels of one class list to another's: CUB's classes by number, because the names of 2010 and 2011 were
 * never published as one list; classes without a number by name. Throws RangeError when a source class has no
 * counterpart in the target.
 */
export function matchClasses(source: readonly string[], target: readonly string[]): ClassMap {
  const keyOf = (name: string): string | number => classNumber(name) ?? name;
  const labelByKey = new Map(target.map((name, label) => [keyOf(name), label]));
  const warnings: string[] = [];
  const labels = source.map((name) => {
    const label = labelByKey.get(keyOf(name));
    if (label === undefined) {
      throw new RangeError(
        `matchClasses: the class "${name}" has no counterpart of its number or name in the other list`,
      );
    }
    const other = target[label] as string;
    if (name.toLowerCase() !== other.toLowerCase()) {
      const number = classNumber(name);
      warnings.push(`class ${number} is "${name}" in one list and "${other}" in the other; taken as the same class`);
    }
    return label;
  });
  return { labels, warnings };
}
