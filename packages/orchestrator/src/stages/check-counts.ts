import { partSizes } from "@fledge/autograd";
import { besideOf, yardstickImages } from "./batches.ts";
import { programsOf, type ProgramUse } from "./programs.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import type { PaperData } from "./paper-data.ts";
import { labellerSplit, reportedSplit } from "./split.ts";

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

/** @throws UsageError where a batch of `images` images, or a part of one that is computed in parts, is a single image */
function refuseSingles(images: number, { size, perImage, atOnce, key, mend }: ProgramUse["batches"]): void {
  const own = Math.floor(atOnce / (1 + perImage));
  const last = images % size;
  if (last === 1) {
    throw new UsageError(
      `${key}: ${size} leaves a last batch of one image out of ${images}, too small to train on at 32 pixels; give another ${mend}`,
    );
  }
  const sizes = [...(images < size ? [] : [size]), ...(last === 0 ? [] : [last])];
  const cut = sizes.find((one) => partSizes(one, own).includes(1));
  if (cut === undefined) return;
  throw new UsageError(
    `training.microBatchSize: ${atOnce} cuts one image off a batch of ${cut}, too small to train on at 32 pixels; ` +
      "give another --set training.microBatchSize=",
  );
}

/** The training images whose labels are used, where they are not all. */
interface UsedImages {
  readonly training: number;
  readonly labeller: number;
}

/** How many images of each kind a run has, as `checkCounts` takes them. */
export function countsOf(
  config: Config,
  { labelled, unlabelled }: PaperData,
): [labelled: number, unlabelled: number, used?: UsedImages] {
  const counts = [labelled.samples.length, unlabelled.samples.length] as const;
  if (config.data.labelledShare === 1) return [...counts];
  const training = reportedSplit(config, labelled).train.samples.length;
  return [...counts, { training, labeller: labellerSplit(config, labelled).train.samples.length }];
}

/** Images of one pass, by what programs are on, and of the parts that are evaluated. */
export interface ImagesOn extends Readonly<Record<ProgramUse["on"], number>> {
  readonly validation: number;
  readonly "labeller's validation": number;
  readonly test: number;
}

/** How many images each kind of program sees in an epoch. @throws UsageError where a share of them is less than one */
export function imagesOn(config: Config, labelled: number, unlabelled: number, used?: UsedImages): ImagesOn {
  const { split, pseudoLabels } = config;
  const beside = besideOf(config);
  if (unlabelled < 1 && config.data.unlabelled !== null) {
    throw new UsageError("data.unlabelled: no image of it is left to label; give a larger set with --unlabelled");
  }
  if (beside && config.data.unlabelled !== null && unlabelled < beside.count) {
    throw new UsageError(
      `${beside.key}: ${beside.count} is more than the ${unlabelled} unlabelled images; lower it with --set ${beside.key}=`,
    );
  }
  const ofLabelled = { of: "labelled", count: labelled };
  const validation = imagesOf({ key: "split.validation", share: split.validation, ...ofLabelled });
  const test = imagesOf({ key: "split.test", share: split.test, ...ofLabelled });
  const own = { key: "pseudoLabels.validation", share: pseudoLabels.validation, ...ofLabelled };
  const { heldOut: share } = pseudoLabels;
  const heldOut =
    share === 0 || config.data.unlabelled === null
      ? 0
      : imagesOf({ key: "pseudoLabels.heldOut", share, of: "unlabelled", count: unlabelled });
  const ownValidation = pseudoLabels.from === "own-split" ? imagesOf(own) : 0;
  return {
    training: used?.training ?? labelled - validation - test,
    validation,
    test,
    "labeller's training": used?.labeller ?? labelled - ownValidation,
    "labeller's validation": ownValidation,
    unlabelled:
      config.method === "supervised-noise"
        ? yardstickImages(config, unlabelled - heldOut).perEpoch
        : unlabelled - heldOut,
    "beside unlabelled": beside ? Math.floor(unlabelled / beside.count) : 0,
    "held out": heldOut,
    any: 0,
  };
}

/** What images are called, other than those for training. */
const names: Partial<Record<ProgramUse["on"], string>> = {
  unlabelled: "unlabelled images",
  "beside unlabelled": "labelled images that the unlabelled ones go with",
};

/** What batches that are larger than an epoch come to, a sentence for each setting. */
function oversized(config: Config, images: ImagesOn): string[] {
  const sentences = programsOf(config)
    .filter(({ kind, batches, on }) => kind.endsWith("step") && images[on] > 0 && batches.size > images[on])
    .map(
      ({ batches: { key, size }, on }) =>
        `${key}: ${size} is more than the ${images[on]} ${names[on] ?? "images for training"}, so that an epoch is one step on all of them`,
    );
  return [...new Set(sentences)];
}

/** @throws UsageError where BatchNorm in train mode would have one image of one pixel; images that are not counted are let by */
function refuseSmall(config: Config, images: Partial<ImagesOn>): void {
  if (config.data.imageSize !== 32) return;
  // Statistics that a step shares with the images beside are of two images at least.
  const { batchNorm } = config.method === "fixmatch" ? config.fixmatch : config.student;
  for (const { on, batches, mode } of programsOf(config)) {
    const count = images[on];
    const alone = mode === "train" && !(on === "beside unlabelled" && batchNorm === "shared");
    if (alone && count !== undefined) refuseSingles(count, batches);
  }
}

/**
 * Holds what `pseudoLabels.select` chose, which nobody knows before there are labels, against the steps' sizes.
 * @throws UsageError
 */
export function checkChosen(config: Config, chosen: number): void {
  const beside = besideOf(config);
  const said = `pseudoLabels.select: it chooses ${chosen} images`;
  if (beside && chosen < beside.count)
    throw new UsageError(
      `${said}, fewer than the ${beside.count} that go with one labelled image (${beside.key}): begin again with a lower minimum, or fewer beside`,
    );
  try {
    refuseSmall(config, { unlabelled: chosen, "beside unlabelled": beside ? Math.floor(chosen / beside.count) : 0 });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${said}, with which a training cannot go on; begin again. ${error.message}`, {
      cause: error,
    });
  }
}

/**
 * @returns what is allowed and worth a warning, in sentences
 * @throws UsageError where a share of the images is less than one, or what goes through BatchNorm in train mode at once
 * is one image of which the deepest layers see one pixel: there is no variance of that
 */
export function checkCounts(config: Config, labelled: number, unlabelled: number, used?: UsedImages): string[] {
  const images = imagesOn(config, labelled, unlabelled, used);
  refuseSmall(config, images);
  return oversized(config, images);
}
