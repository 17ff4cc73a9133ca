import { existsSync } from "node:fs";
import { DataError, matchClasses, readDataset, type Dataset } from "@fledge/data";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "../method.ts";
import { setBrokenAside } from "../run/broken-images.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { log } from "./log.ts";

function read(config: Config, role: "labelled" | "unlabelled"): Dataset {
  const folder = config.data[role];
  if (existsSync(folder)) return readDataset(folder);
  throw new UsageError(`data.${role}: there is no folder ${folder}; give it with --${role}, or draw the demo data with "fledge dataset make-demo demo-data"`);
}

/** The unlabelled set under the labelled set's class numbers. */
function withClassesOf(labelled: Dataset, unlabelled: Dataset): Dataset {
  try {
    const { labels, warnings } = matchClasses(unlabelled.classes, labelled.classes);
    for (const warning of warnings) log.warn(warning);
    return { ...unlabelled, classes: labelled.classes, samples: unlabelled.samples.map((sample) => ({ ...sample, label: labels[sample.label]! })) };
  } catch (error) {
    const problem = `its classes are not those of ${labelled.root} (${(error as Error).message})`;
    throw new DataError({ file: unlabelled.root }, problem, "Give two data sets of the same classes with --labelled and --unlabelled", error);
  }
}

/**
 * @throws UsageError where a share of the labelled images is less than one image, or a last batch is one image of which
 * the deepest layers see one pixel: BatchNorm has no variance of that
 */
function checkCounts({ split, pseudoLabels, data, training }: Config, { labelled, unlabelled }: PaperData): void {
  const count = labelled.samples.length;
  const own = pseudoLabels.from === "own-split" ? { "pseudoLabels.validation": pseudoLabels.validation } : {};
  const shares = Object.entries({ "split.validation": split.validation, "split.test": split.test, ...own });
  const parts = shares.map(([key, share]) => ({ key, share, images: Math.floor(share * count) }));
  for (const { key, share, images } of parts) {
    if (images < 1) throw new UsageError(`${key}: ${share} of ${count} labelled images is not one image; raise it with --set ${key}=`);
  }
  const [validation, test, ownValidation] = parts;
  const trained = [count - validation!.images - test!.images, unlabelled.samples.length];
  if (ownValidation) trained.push(count - ownValidation.images);
  const { batchSize } = training;
  const odd = trained.find((images) => data.imageSize === 32 && images % batchSize === 1);
  if (odd === undefined) return;
  throw new UsageError(`training.batchSize: ${batchSize} leaves a last batch of one image out of ${odd}, too small to train on at 32 pixels; give another --batch-size`);
}

/**
 * Finds both data sets and their classes, before anything long begins.
 * @throws UsageError naming the setting, DataError naming the file at fault
 */
export function findData(config: Config): PaperData {
  const labelled = read(config, "labelled");
  const unlabelled = withClassesOf(labelled, read(config, "unlabelled"));
  checkCounts(config, { labelled, unlabelled });
  return { labelled, unlabelled };
}

/** Leaves broken images out and says how many. @throws DataError where none is left, UsageError where too few are */
export async function withoutBroken(data: PaperData, run: RunDirectory): Promise<PaperData> {
  const sound = async (role: "labelled" | "unlabelled"): Promise<Dataset> => {
    const { dataset, broken, manifestFile } = await setBrokenAside(run, role, data[role]);
    if (broken.length > 0) log.warn(`${role} images: ${broken.length} broken ones set aside, listed in ${manifestFile}`);
    if (dataset.samples.length === 0) throw new DataError({ file: dataset.root }, "no image of it can be decoded", "Extract the images again");
    return dataset;
  };
  const labelled = await sound("labelled");
  const unlabelled = await sound("unlabelled");
  checkCounts(run.config, { labelled, unlabelled });
  log.info(`labelled: ${labelled.samples.length} images of ${labelled.classes.length} classes; unlabelled: ${unlabelled.samples.length} images`);
  return { labelled, unlabelled };
}
