import { isThere } from "@fledge/files";
import {
  DataError,
  matchClasses,
  pairFault,
  printable,
  quickFindings,
  readDataset,
  readUnlabelled,
  type Dataset,
} from "@fledge/data";
import { checkCounts, countsOf } from "../stages/check-counts.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { knownLabelled, withForeign } from "../stages/known-classes.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { setBrokenAside } from "../run/broken-images.ts";
import { familyOf } from "../stages/batches.ts";
import type { ModelName } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { log } from "./log.mjs";
import { Progress } from "./progress.ts";

function requireFolder(role: "labelled" | "unlabelled", folder: string): string {
  if (isThere(folder)) return folder;
  throw new UsageError(
    `data.${role}: there is no folder ${folder}; give it with --${role}, in a study as data.${role} under set, or draw the demo data with "npx fledge dataset make-demo demo-data"`,
  );
}

/** The unlabelled set under the labelled set's class numbers. */
function withClassesOf(labelled: Dataset, unlabelled: Dataset): Dataset {
  if (unlabelled.unlabelled) return unlabelled;
  try {
    const { labels, warnings } = matchClasses(unlabelled.classes, labelled.classes);
    for (const warning of warnings) log.warn(printable(warning));
    return {
      ...unlabelled,
      classes: labelled.classes,
      samples: unlabelled.samples.map((sample) => ({ ...sample, label: labels[sample.label]! })),
    };
  } catch (error) {
    const problem = `its classes are not those of ${labelled.root} (${(error as Error).message})`;
    throw new DataError(
      { file: unlabelled.root },
      problem,
      "Give two data sets of the same classes with --labelled and --unlabelled",
      error,
    );
  }
}

/** Says of every run what `dataset verify` would say of its data. @throws DataError where no run can be meant */
function notice(config: Config, labelled: Dataset, unlabelled: Dataset | undefined): void {
  if (labelled.classes.length < 2) {
    const problem = `it holds one class, "${labelled.classes[0]}", and there is nothing to tell apart`;
    throw new DataError({ file: labelled.root }, problem, "Name the folder that holds one folder per class");
  }
  if (!unlabelled) return;
  const sets = [
    { folder: config.data.labelled, dataset: labelled },
    { folder: config.data.unlabelled!, dataset: unlabelled },
  ] as const;
  const fault = pairFault(...sets);
  if (fault) throw fault;
  if (unlabelled.unlabelled)
    log.info(
      `unlabelled images: nothing in ${printable(unlabelled.root)} tells their classes, so that how many labels are right stays unknown`,
    );
  for (const { data, check, expected, found, mend, details } of quickFindings(...sets)) {
    const first = details[0] === undefined ? "" : ` (${printable(details[0])})`;
    log.warn(
      `${data} data, ${check}: ${found} instead of ${expected}${first}. ${mend}; "npx fledge dataset verify" tells more`,
    );
  }
}

/** @throws UsageError where there are no unlabelled images, and one of the models that are to be trained learns from some */
export function requireUnlabelled({ data }: Config, models: readonly ModelName[]): void {
  const student = models.find((name) => familyOf(name) === "students");
  if (data.unlabelled !== null || student === undefined) return;
  throw new UsageError(
    `data.unlabelled: there are no unlabelled images, and ${student} is trained with some: give their folder with --unlabelled; images without class folders will do`,
  );
}

/**
 * Finds both data sets and their classes, before anything long begins.
 * @throws UsageError naming the setting, DataError naming the file at fault
 */
export function findData(config: Config): PaperData {
  const labelled = readDataset(requireFolder("labelled", config.data.labelled));
  const folder = config.data.unlabelled;
  const others = folder === null ? undefined : readUnlabelled(requireFolder("unlabelled", folder), labelled.classes);
  notice(config, labelled, others);
  const data = others
    ? withForeign(config, { labelled, unlabelled: withClassesOf(labelled, others) })
    : { labelled: knownLabelled(config, labelled), unlabelled: { ...labelled, root: "", samples: [] } };
  for (const warning of checkCounts(config, ...countsOf(config, data))) log.warn(warning);
  return data;
}

/** Leaves broken images out and says how many. @throws DataError where none is left, UsageError where too few are */
export async function withoutBroken(data: PaperData, run: RunDirectory): Promise<PaperData> {
  const sound = async (role: "labelled" | "unlabelled"): Promise<Dataset> => {
    const progress = new Progress(`checking the ${role} images`, data[role].samples.length);
    const { dataset, broken, manifestFile } = await setBrokenAside(run, role, data[role], () =>
      progress.add(1),
    ).finally(() => progress.close());
    if (broken.length > 0)
      log.warn(`${role} images: ${broken.length} broken ones set aside, listed in ${manifestFile}`);
    if (dataset.samples.length === 0)
      throw new DataError({ file: dataset.root }, "no image of it can be decoded", "Extract the images again");
    const left = new Set(dataset.samples.map(({ label }) => label));
    const lost = dataset.classes.filter(
      (_, label) => !left.has(label) && data[role].samples.some((s) => s.label === label),
    );
    for (const name of lost) {
      log.warn(`${role} images: none of the class "${printable(name)}" can be decoded; mend them, or remove the class`);
    }
    return dataset;
  };
  const labelled = await sound("labelled");
  const none = data.unlabelled.samples.length === 0;
  const unlabelled = none ? data.unlabelled : await sound("unlabelled");
  checkCounts(run.config, ...countsOf(run.config, { labelled, unlabelled }));
  log.info(
    `labelled: ${labelled.samples.length} images of ${labelled.classes.length} classes; ${none ? "no unlabelled ones" : `unlabelled: ${unlabelled.samples.length} images`}`,
  );
  return { labelled, unlabelled };
}
