import { schedulesOf } from "./schedules.ts";
import { UsageError } from "./resolve.ts";
import type { Config } from "./schema.ts";

interface Share {
  readonly key: string;
  readonly share: number;
  readonly of: string;
  readonly count: number;
}

/** How many images a share takes. @throws UsageError where that is none */
function imagesOf({ key, share, of, count }: Share): number {
  const images = Math.floor(share * count);
  if (images < 1) throw new UsageError(`${key}: ${share} of ${count} ${of} images is not one image; raise it with --set ${key}=`);
  return images;
}

/**
 * @throws UsageError where a share of the images is less than one, or a last batch that goes through BatchNorm in train
 * mode is one image of which the deepest layers see one pixel: there is no variance of that
 */
export function checkCounts(config: Config, labelled: number, unlabelled: number): void {
  const { split, pseudoLabels, data, teacherTraining } = config;
  const schedules = schedulesOf(config);
  const students = { key: "training.batchSize", mend: "--batch-size", batchSize: schedules.students.batchSize };
  const ownKey = "teacherTraining.batchSize";
  const teachers = teacherTraining.batchSize === null ? students : { key: ownKey, mend: `--set ${ownKey}=`, batchSize: schedules.teacher.batchSize };
  if (unlabelled < 1) throw new UsageError("data.unlabelled: no image of it is left to label; give a larger set with --unlabelled");
  const ofLabelled = { of: "labelled", count: labelled };
  const validation = imagesOf({ key: "split.validation", share: split.validation, ...ofLabelled });
  const test = imagesOf({ key: "split.test", share: split.test, ...ofLabelled });
  const train = labelled - validation - test;
  const batches = [{ images: train, ...teachers }, { images: train, ...students }];
  if (pseudoLabels.from === "own-split") {
    const own = imagesOf({ key: "pseudoLabels.validation", share: pseudoLabels.validation, ...ofLabelled });
    batches.push({ images: labelled - own, ...teachers });
  }
  const { heldOut: share } = pseudoLabels;
  const heldOut = share === 0 ? 0 : imagesOf({ key: "pseudoLabels.heldOut", share, of: "unlabelled", count: unlabelled });
  batches.push({ images: unlabelled - heldOut, ...students });
  if (pseudoLabels.teacherMode === "train") batches.push({ images: heldOut, ...students });
  const odd = batches.find(({ images, batchSize }) => data.imageSize === 32 && images % batchSize === 1);
  if (odd === undefined) return;
  throw new UsageError(`${odd.key}: ${odd.batchSize} leaves a last batch of one image out of ${odd.images}, too small to train on at 32 pixels; give another ${odd.mend}`);
}
