import { join } from "node:path";
import { makeDemoDataset } from "@fledge/drawn-birds";

/** Draws 48 labelled and 36 unlabelled images of three species, of about 50 pixels; the flags that name them. */
export async function drawBirds(folder: string, overlapShare = 0): Promise<string[]> {
  const options = {
    speciesCount: 3,
    imagesPerSpecies2010: 16,
    imagesPerSpecies2011: 12,
    overlapShare,
    sideRange: [48, 56],
  } as const;
  await makeDemoDataset(folder, options);
  return ["--labelled", join(folder, "CUB_200_2010"), "--unlabelled", join(folder, "CUB_200_2011")];
}

/** A narrow ResNet-18 on 32 pixels: an epoch takes less than a second on a software adapter. */
export const narrow = [
  "--batch-size",
  "8",
  "--workers",
  "0",
  "--set",
  "network.depth=18",
  "--set",
  "network.width=4",
  "--set",
  "data.imageSize=32",
  "--set",
  "views.resize=36",
  "--set",
  "views.scale=[0.5,1]",
  "--set",
  "training.learningRate=0.02",
  "--set",
  "evaluation.repeats=2",
];

/** The same on the default rungs, whatever is known of this adapter. */
export const small = [...narrow, "--no-tune"];
