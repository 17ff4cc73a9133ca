import { partSizes } from "../training/step-in-parts.ts";
import { imagesAtOnce, schedulesOf } from "./schedules.ts";
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
  if (images < 1)
    throw new UsageError(`${key}: ${share} of ${count} ${of} images is not one image; raise it with --set ${key}=`);
  return images;
}

/** Images that go through BatchNorm in train mode, batch by batch, and the setting that cuts them so. */
interface Batches {
  readonly images: number;
  readonly batchSize: number;
  readonly key: string;
  readonly mend: string;
}

/** @throws UsageError where a batch, or a part of one that is computed in parts, is a single image */
function refuseSingles({ images, batchSize, key, mend }: Batches, config: Config): void {
  const last = images % batchSize;
  if (last === 1) {
    throw new UsageError(
      `${key}: ${batchSize} leaves a last batch of one image out of ${images}, too small to train on at 32 pixels; give another ${mend}`,
    );
  }
  const sizes = [...(images < batchSize ? [] : [batchSize]), ...(last === 0 ? [] : [last])];
  const cut = sizes.find((size) => partSizes(size, imagesAtOnce(size, config)).includes(1));
  if (cut === undefined) return;
  throw new UsageError(
    `training.microBatchSize: ${config.training.microBatchSize} cuts one image off a batch of ${cut}, too small to train on at 32 pixels; ` +
      "give another --set training.microBatchSize=",
  );
}

/**
 * @throws UsageError where a share of the images is less than one, or what goes through BatchNorm in train mode at once
 * is one image of which the deepest layers see one pixel: there is no variance of that
 */
export function checkCounts(config: Config, labelled: number, unlabelled: number): void {
  const { split, pseudoLabels, data, teacherTraining } = config;
  const schedules = schedulesOf(config);
  const students = { key: "training.batchSize", mend: "--batch-size", batchSize: schedules.students.batchSize };
  const ownKey = "teacherTraining.batchSize";
  const teachers =
    teacherTraining.batchSize === null
      ? students
      : { key: ownKey, mend: `--set ${ownKey}=`, batchSize: schedules.teacher.batchSize };
  if (unlabelled < 1)
    throw new UsageError("data.unlabelled: no image of it is left to label; give a larger set with --unlabelled");
  const ofLabelled = { of: "labelled", count: labelled };
  const validation = imagesOf({ key: "split.validation", share: split.validation, ...ofLabelled });
  const test = imagesOf({ key: "split.test", share: split.test, ...ofLabelled });
  const train = labelled - validation - test;
  const batches: Batches[] = [
    { images: train, ...teachers },
    { images: train, ...students },
  ];
  if (pseudoLabels.from === "own-split") {
    const own = imagesOf({ key: "pseudoLabels.validation", share: pseudoLabels.validation, ...ofLabelled });
    batches.push({ images: labelled - own, ...teachers });
  }
  const { heldOut: share } = pseudoLabels;
  const heldOut =
    share === 0 ? 0 : imagesOf({ key: "pseudoLabels.heldOut", share, of: "unlabelled", count: unlabelled });
  batches.push({ images: unlabelled - heldOut, ...students });
  if (pseudoLabels.teacherMode === "train") {
    // The teacher's labels of these are an evaluation: never in parts, in batches of what is computed at once.
    const atOnce = imagesAtOnce(students.batchSize, config);
    const cutting =
      atOnce < students.batchSize
        ? { key: "training.microBatchSize", mend: "--set training.microBatchSize=" }
        : students;
    batches.push({ images: heldOut, ...cutting, batchSize: atOnce });
  }
  if (data.imageSize === 32) for (const each of batches) refuseSingles(each, config);
}
