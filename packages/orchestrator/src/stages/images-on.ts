import { besideOf, yardstickImages } from "./batches.ts";
import type { ProgramUse } from "./programs.ts";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";

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

/** Images of one pass, by what programs are on, and of the parts that are evaluated. */
export interface ImagesOn extends Readonly<Record<ProgramUse["on"], number>> {
  readonly validation: number;
  readonly "labeller's validation": number;
  readonly test: number;
}

/** How many images each kind of program sees in an epoch. @throws UsageError where a share of them is less than one */
export function imagesOn(config: Config, labelled: number, unlabelled: number): ImagesOn {
  const { split, pseudoLabels } = config;
  const beside = besideOf(config);
  if (unlabelled < 1) {
    throw new UsageError("data.unlabelled: no image of it is left to label; give a larger set with --unlabelled");
  }
  if (beside && unlabelled < beside.count) {
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
    share === 0 ? 0 : imagesOf({ key: "pseudoLabels.heldOut", share, of: "unlabelled", count: unlabelled });
  const ownValidation = pseudoLabels.from === "own-split" ? imagesOf(own) : 0;
  return {
    training: labelled - validation - test,
    validation,
    test,
    "labeller's training": labelled - ownValidation,
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

