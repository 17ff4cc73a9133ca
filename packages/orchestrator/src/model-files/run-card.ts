import { DataError, readDataset } from "@fledge/data";
import { isThere } from "@fledge/files";
import { readPins } from "../run/pins.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { preprocessingOf, type ModelCard } from "./card.ts";

/** Names in the order of their numbers: the samples lie by class. */
const distinct = (names: readonly string[]): string[] => [...new Set(names)];

/** Names as the run pinned them, or as its images have them; null where neither has one for each class. */
async function classesOf(run: RunDirectory, count: number): Promise<readonly string[] | null> {
  const pins = await readPins(run);
  const pinned = distinct(pins?.labelled.samples.map((sample) => sample.class) ?? []);
  if (pinned.length === count) return pinned;
  const folder = pins?.labelled.folder ?? run.config.data.labelled;
  if (!isThere(folder)) return null;
  try {
    const { classes } = readDataset(folder);
    return classes.length === count ? classes : null;
  } catch (error) {
    if (error instanceof DataError) return null; // The images are not what is asked for.
    throw error;
  }
}

/** What a run knows of its models: the labelled images' classes, and the view that they are evaluated on. */
export async function runCard(run: RunDirectory, count: number): Promise<ModelCard> {
  const { views, data } = run.config;
  return { classes: await classesOf(run, count), preprocessing: preprocessingOf(views.resize, data.imageSize) };
}
