import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { hashesOfSources, librariesInUse } from "../src/run/code-version.ts";

const drawn = join(import.meta.dirname, "../../../.cache/test-birds");

/** Where birds lie that were drawn by these options and these sources; the first test file that wants them draws them. */
async function keptBirds(options: Parameters<typeof makeDemoDataset>[1]): Promise<string> {
  const sources = hashesOfSources();
  const key = [options, sources["packages/drawn-birds"], sources["packages/random"], librariesInUse()["sharp"]];
  const folder = join(drawn, createHash("sha256").update(JSON.stringify(key)).digest("hex").slice(0, 16));
  if (existsSync(folder)) return folder;
  const own = `${folder}-${process.pid}`;
  await mkdir(drawn, { recursive: true });
  await rm(own, { recursive: true, force: true });
  await makeDemoDataset(own, options);
  try {
    await rename(own, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    await rm(own, { recursive: true }); // Another file drew the same meanwhile.
  }
  return folder;
}

/** 48 labelled and 36 unlabelled images of three species, of about 50 pixels, drawn once; the flags that name them. */
export async function drawBirds(folder: string, overlapShare = 0): Promise<string[]> {
  const options = {
    speciesCount: 3,
    imagesPerSpecies2010: 16,
    imagesPerSpecies2011: 12,
    overlapShare,
    sideRange: [48, 56],
  } as const;
  await cp(await keptBirds(options), folder, { recursive: true });
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
