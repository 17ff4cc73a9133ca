import type { Dataset, RgbImage, View } from "@fledge/data";
import type { Model } from "@fledge/training";
import type { Session } from "../stages/session.ts";

// The seam of `fledge robustness`. A family is a name and a list of cases; a case is a name, a place on a curve, and
// either a view of the test images, on which accuracy is measured, or a function that measures something else.
// To add one: a file beside this that makes it of the configuration, and a line in `families.ts`. Choosing, resuming,
// progress, `robustness.json`, table 4 and the curves take it as it is.

/** What a case gives for one model. Everything is kept in `robustness.json`, so that reports need no model. */
export interface Measurement {
  /** Numbers by name: `accuracy` as a share of 1, `flipProbability`, `ece`, ... */
  readonly values: Readonly<Record<string, number>>;
  /** Longer things by name, as the bins of a reliability diagram. */
  readonly lists?: Readonly<Record<string, readonly number[]>>;
  /** For each image in order, "1" where the model is right and "0" where not. */
  readonly correct?: string;
  /** Images for the report to show, as the model saw them. */
  readonly pictures?: readonly Picture[];
}

/** An image as a model saw it. */
export interface Picture {
  /** Its place in the data set that was looked at. */
  readonly place: number;
  readonly image: RgbImage;
  /** The class that the model took it for. */
  readonly taken: number;
  /** What it was before, and what was done to it, magnified, where that is not to be seen. */
  readonly change?: { readonly original: RgbImage; readonly difference: RgbImage };
}

/** A model under test. */
export interface Subject {
  readonly name: string;
  readonly model: Model;
  /** sha256 of its file of weights: what was measured of other weights is not taken for its own. */
  readonly checksum: string;
}

/** What a case's own function is given. */
export interface Measuring {
  readonly session: Session;
  readonly subject: Subject;
  /** The test images, or those of them that are looked at, in an order drawn by the seed, and each one's place among all. */
  readonly dataset: Dataset;
  readonly indices: readonly number[];
  /** What the case named by `after` gave for this model. */
  readonly before: Measurement | undefined;
  /** To be told which share of the case is done, for the time left. */
  readonly progress: (share: number) => void;
}

interface CaseBase {
  /** Unique in its family; parts are set apart by "/" and `--only` takes any beginning of them: `gaussian_noise/3`. */
  readonly name: string;
  /** Cases of one series stand on one curve. */
  readonly series: string;
  /** Its place on the curve: a severity, an epsilon in 1/255; null where there is no curve. */
  readonly at: number | null;
  /** How often it looks at each image, for the time left; a gradient counts as two further looks. 1 if absent. */
  readonly cost?: number;
  /** The name of a case of the family that it begins from: choosing this one chooses that one too. */
  readonly after?: string;
  /** At most so many images, the first; null or absent: all that are looked at. */
  readonly images?: number | null;
}

/** Accuracy on the images as a view shows them; what is random about it is drawn by `robustness.seed`. */
export interface ViewCase extends CaseBase {
  readonly view: View;
  /** So many of the first images are kept for the report to show. */
  readonly pictures?: number;
}

/** Anything else that can be measured. */
export interface MeasuredCase extends CaseBase {
  /** What decides its numbers besides model and images, as JSON: where it changes, the case is measured again. */
  readonly settings: unknown;
  measure(measuring: Measuring): Promise<Measurement>;
}

export type Case = ViewCase | MeasuredCase;

/** What is known of one model in one family: measurements by the names of cases, in the family's order. */
export type Measured = ReadonlyMap<string, Measurement>;

/** A number of table 4. */
export interface Headline {
  readonly name: string;
  readonly value: number;
  /** A share is printed in per cent. */
  readonly unit: "share" | "number";
}

export interface Family {
  readonly name: string;
  /** What it does to the images, for table 4. */
  readonly title: string;
  readonly cases: readonly Case[];
  /** What the cases' places are, below the family's curves; absent where there are none. */
  readonly axis?: string;
  /** What stands for all cases at one place in the curve of a model: the mean of their accuracies if absent. */
  overall?(measured: Measured, at: number): number | undefined;
  /** What `overall` is; "mean over all" if absent. */
  readonly overallTitle?: string;
  /**
   * The family's lines in table 4 for one model, from what has been measured of it so far.
   * @param reference what has been measured of the model that others are held against, as mCE wants it
   */
  headlines(measured: Measured, reference: Measured | undefined): readonly Headline[];
}

/** `mean` of what some cases gave; undefined where one of them is missing. */
export function meanOf(measured: Measured, names: readonly string[], value: string): number | undefined {
  const found = names.map((name) => measured.get(name)?.values[value]);
  if (found.length === 0 || found.some((one) => one === undefined)) return undefined;
  return (found as number[]).reduce((sum, one) => sum + one, 0) / found.length;
}
