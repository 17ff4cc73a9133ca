import { existsSync } from "node:fs";
import { DataError, matchClasses, readDataset, type Dataset } from "@fledge/data";
import { checkCounts } from "../stages/check-counts.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../method.ts";
import { setBrokenAside } from "../run/broken-images.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { log } from "./log.ts";

function read(config: Config, role: "labelled" | "unlabelled"): Dataset {
  const folder = config.data[role];
  if (existsSync(folder)) return readDataset(folder);
  throw new UsageError(
    `data.${role}: there is no folder ${folder}; give it with --${role}, or draw the demo data with "fledge dataset make-demo demo-data"`,
  );
}

/** The unlabelled set under the labelled set's class numbers. */
function withClassesOf(labelled: Dataset, unlabelled: Dataset): Dataset {
  try {
    const { labels, warnings } = matchClasses(unlabelled.classes, labelled.classes);
    for (const warning of warnings) log.warn(warning);
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

/**
 * Finds both data sets and their classes, before anything long begins.
 * @throws UsageError naming the setting, DataError naming the file at fault
 */
export function findData(config: Config): PaperData {
  const labelled = read(config, "labelled");
  const unlabelled = withClassesOf(labelled, read(config, "unlabelled"));
  for (const warning of checkCounts(config, labelled.samples.length, unlabelled.samples.length)) log.warn(warning);
  return { labelled, unlabelled };
}

/** Leaves broken images out and says how many. @throws DataError where none is left, UsageError where too few are */
export async function withoutBroken(data: PaperData, run: RunDirectory): Promise<PaperData> {
  const sound = async (role: "labelled" | "unlabelled"): Promise<Dataset> => {
    const { dataset, broken, manifestFile } = await setBrokenAside(run, role, data[role]);
    if (broken.length > 0)
      log.warn(`${role} images: ${broken.length} broken ones set aside, listed in ${manifestFile}`);
    if (dataset.samples.length === 0)
      throw new DataError({ file: dataset.root }, "no image of it can be decoded", "Extract the images again");
    return dataset;
  };
  const labelled = await sound("labelled");
  const unlabelled = await sound("unlabelled");
  checkCounts(run.config, labelled.samples.length, unlabelled.samples.length);
  log.info(
    `labelled: ${labelled.samples.length} images of ${labelled.classes.length} classes; unlabelled: ${unlabelled.samples.length} images`,
  );
  return { labelled, unlabelled };
}
