import { join, posix } from "node:path";

/** An object's box in pixels of the undistorted image, origin at the top left. */
export interface BoundingBox {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One labelled image of a data set. */
export interface Sample {
  /** Relative to the data set's root, with forward slashes on every system. */
  path: string;
  /** Index into `classes`. */
  label: number;
  /** What the data set itself calls the image: CUB-200-2011's number, elsewhere the path. Unique. */
  id: string;
  /** The side of the data set's own train/test split, where it has one. */
  official?: "train" | "test";
  box?: BoundingBox;
}

/** A file that is not read as an image, and why. */
export interface BrokenImage {
  /** Relative to the data set's root. */
  path: string;
  /** Names the file, the fault and the mend. */
  reason: string;
}

/**
 * Labelled images on disk. `samples` are in torchvision's ImageFolder order (class folder, then file name, by code
 * unit), whatever the order of the lists: the seeded splits count on it.
 */
export interface Dataset {
  name: string;
  /** The folder that holds one folder per class. */
  root: string;
  classes: readonly string[];
  samples: readonly Sample[];
  /** Set where nobody says what the images show: the last class stands for that, and every sample's label is its. */
  unlabelled?: true;
  /** What a reader found among the images and did not take: links to nothing, pipes, a file's second name. */
  setAside?: readonly BrokenImage[];
}

/** The data set made of the samples at `indices`, in that order. Throws RangeError at an index outside it. */
export function subset(dataset: Dataset, indices: Iterable<number>, name = dataset.name): Dataset {
  const samples = Array.from(indices, (index) => {
    const sample = dataset.samples[index];
    if (sample === undefined) {
      throw new RangeError(`subset: index ${index} is outside ${dataset.name} (${dataset.samples.length} samples)`);
    }
    return sample;
  });
  return { ...dataset, name, samples };
}

/** Where a sample's image lies. */
export function sampleFile(dataset: Dataset, sample: Sample): string {
  return join(dataset.root, sample.path);
}

/** Orders samples as torchvision's ImageFolder does: by class, then folder, then file name, all by code unit. */
export function byPath(a: Sample, b: Sample): number {
  return a.label - b.label || order(posix.dirname(a.path), posix.dirname(b.path)) || order(a.path, b.path);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
