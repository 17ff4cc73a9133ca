import pMap from "p-map";
import { sampleFile, type BrokenImage, type Dataset } from "../dataset.ts";
import type { RgbImage } from "../image.ts";
import { FingerprintStore, fingerprintOfImage, type Fingerprints } from "./fingerprints.ts";
import { groupsOf } from "./groups.ts";
import { pairsIn, tilesOf, type NumberedPair } from "./pairs.ts";
import { Threads } from "./threads.ts";

/** An image of one of the data sets that were searched. */
export interface ImagePlace {
  /** Which data set, from 0. */
  readonly set: number;
  /** Index into its samples. */
  readonly index: number;
}

/** Two images that show the same picture. */
export interface Repeat {
  readonly first: ImagePlace;
  readonly second: ImagePlace;
  readonly sameBytes: boolean;
  readonly mirrored: boolean;
  /** How well they agree where neither is written over, at most 1: the lower, the more doubtful. */
  readonly score: number;
  /** Share of what both show in which they differ all the same, as by a caption. */
  readonly changed: number;
}

export interface Repeats {
  /** Every pair, by first and second image. */
  readonly pairs: readonly Repeat[];
  /** Images that repeat one another, directly or through others. */
  readonly groups: readonly (readonly ImagePlace[])[];
  /** Images that could not be decoded, by data set; they are in no pair. */
  readonly unreadable: readonly (readonly BrokenImage[])[];
}

export interface FindOptions {
  /** Threads; with 0 the calling one works. They change no pair. */
  readonly workers: number;
  /** Of `total` images or pairs, `done` are read or compared. */
  readonly onProgress?: ((stage: "images" | "pairs", done: number, total: number) => void) | undefined;
}

/** Files that one task reads. */
const filesPerTask = 16;

/**
 * Finds all images of the data sets, within each and between them, that show the same picture: the same bytes, or
 * encoded anew, scaled, with other brightness and contrast, mirrored, cut by up to a fifth of each side, with a small
 * overlay at the rim, or several of these. Reads each file once and keeps 6 KiB of it. Throws what the system says where
 * a file cannot be read for the moment; images that cannot be decoded are left out and named.
 */
export async function findRepeats(
  datasets: readonly Dataset[],
  { workers, onProgress }: FindOptions,
): Promise<Repeats> {
  const places = datasets.flatMap(({ samples }, set) => samples.map((_, index): ImagePlace => ({ set, index })));
  const unreadable: BrokenImage[][] = datasets.map(() => []);
  const threads = new Threads(workers);
  try {
    const store = new FingerprintStore(places.length);
    const faults = await readAll(threads, store, placeFiles(datasets, places), onProgress);
    for (const [image, reason] of faults) {
      const { set, index } = places[image]!;
      unreadable[set]!.push({ path: datasets[set]!.samples[index]!.path, reason });
    }
    const pairs = await compareAll(threads, store.finish(), onProgress);
    return {
      pairs: pairs.map(({ first, second, match }) => ({
        first: places[first]!,
        second: places[second]!,
        sameBytes: match === undefined,
        mirrored: match?.mirrored ?? false,
        score: match?.score ?? 1,
        changed: match?.changed ?? 0,
      })),
      groups: groupsOf(places.length, pairs).map((group) => group.map((image) => places[image]!)),
      unreadable,
    };
  } finally {
    await threads.close();
  }
}

const placeFiles = (datasets: readonly Dataset[], places: readonly ImagePlace[]): string[] =>
  places.map(({ set, index }) => sampleFile(datasets[set]!, datasets[set]!.samples[index]!));

/** Reads all files; gives the faults by image, in order. */
async function readAll(
  threads: Threads,
  store: FingerprintStore,
  files: readonly string[],
  onProgress: FindOptions["onProgress"],
): Promise<[image: number, fault: string][]> {
  const starts = Array.from({ length: Math.ceil(files.length / filesPerTask) }, (_, task) => task * filesPerTask);
  let done = 0;
  const read = async (start: number): Promise<[number, string][]> => {
    const found = await threads.read(files.slice(start, start + filesPerTask));
    const faults: [number, string][] = [];
    for (const [i, print] of found.entries()) {
      if ("fault" in print) faults.push([start + i, print.fault]);
      else store.put(start + i, print);
    }
    done += found.length;
    onProgress?.("images", done, files.length);
    return faults;
  };
  return (await pMap(starts, read, { concurrency: threads.atOnce })).flat();
}

async function compareAll(
  threads: Threads,
  fingerprints: Fingerprints,
  onProgress: FindOptions["onProgress"],
): Promise<NumberedPair[]> {
  const total = (fingerprints.count * (fingerprints.count - 1)) / 2;
  let done = 0;
  const pairs = await pMap(
    tilesOf(fingerprints.count),
    async (tile) => {
      const found = await threads.repeats(fingerprints, tile);
      done += pairsIn(tile);
      onProgress?.("pairs", done, total);
      return found;
    },
    { concurrency: threads.atOnce },
  );
  return pairs.flat().sort((a, b) => a.first - b.first || a.second - b.second);
}

/** As `findRepeats`, of images in memory: pairs of their places, first < second. */
export async function findRepeatsOfImages(
  images: readonly RgbImage[],
): Promise<{ readonly first: number; readonly second: number; readonly mirrored: boolean; readonly score: number }[]> {
  const store = new FingerprintStore(images.length);
  for (const [i, image] of images.entries()) store.put(i, await fingerprintOfImage(image));
  const pairs = await compareAll(new Threads(0), store.finish(), undefined);
  return pairs.map(({ first, second, match }) => ({
    first,
    second,
    mirrored: match?.mirrored ?? false,
    score: match?.score ?? 1,
  }));
}
