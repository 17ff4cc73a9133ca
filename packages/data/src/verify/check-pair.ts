import { realpathSync } from "node:fs";
import { relative } from "node:path";
import type { Dataset } from "../dataset.ts";
import { DataError } from "../error.ts";
import { lookAt } from "../unreadable.ts";
import { expectedOf } from "./expected.ts";
import type { Finding } from "./finding.ts";
import { verifyClasses } from "./verify-classes.ts";
import { verifyCounts } from "./verify-set.ts";

/** A data set and the folder that was given for it. */
interface Given {
  readonly folder: string;
  readonly dataset: Dataset;
}

/** True where one folder is or holds the other. */
export function foldersOverlap(a: string, b: string): boolean {
  if (!lookAt(a) || !lookAt(b)) return false;
  const [first, second] = [realpathSync(a), realpathSync(b)];
  return [relative(first, second), relative(second, first)].some((way) => !/^(\.\.|[a-z]:|[\\/])/i.test(way));
}

/** Why two folders cannot be the labelled and the unlabelled images of a run; undefined where they can. */
export function pairFault(labelled: Given, unlabelled: Given): DataError | undefined {
  if (foldersOverlap(labelled.dataset.root, unlabelled.dataset.root)) {
    const problem = `it is, holds or lies in the folder of the labelled images, ${labelled.dataset.root}`;
    return new DataError({ file: unlabelled.dataset.root }, problem, "Give two folders with images of their own");
  }
  const here = [labelled, unlabelled].map(({ dataset }) => dataset);
  const expected = [expectedOf("labelled", labelled.folder), expectedOf("unlabelled", unlabelled.folder)];
  const yearsSwapped = here[0]!.name === expected[1]!.layout && here[1]!.name === expected[0]!.layout;
  const countsSwapped =
    expected[0]!.images !== expected[1]!.images &&
    here.every(({ samples }, index) => samples.length === expected[1 - index]!.images);
  if (!yearsSwapped && !countsSwapped) return undefined;
  const problem = "the labelled images are CUB-200-2011 and the unlabelled ones CUB-200 of 2010";
  return new DataError({ file: labelled.dataset.root }, problem, "Swap what --labelled and --unlabelled name");
}

/** What is wrong with two data sets as far as it shows without opening an image; notes are left out. */
export function quickFindings(labelled: Given, unlabelled: Given): Finding[] {
  const counts = (["labelled", "unlabelled"] as const).flatMap((role) => {
    const { folder, dataset } = role === "labelled" ? labelled : unlabelled;
    // Folders without lists may be anyone's, of any size.
    const listed = ["cub-200-2010", "cub-200-2011"].includes(dataset.name);
    return listed ? verifyCounts(role, dataset, expectedOf(role, folder)) : [];
  });
  const classes = unlabelled.dataset.unlabelled
    ? []
    : verifyClasses(labelled.dataset.classes, unlabelled.dataset.classes);
  return [...counts, ...classes].filter(({ verdict }) => verdict === "wrong");
}
