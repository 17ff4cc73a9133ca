import { isShare, rowsOf } from "./csv-rows.ts";

/** A line of `pseudo-labels.csv`. */
export interface PseudoLabelRow {
  readonly image: string;
  readonly label: string;
  /** Of the label, 0 to 1, rounded to four places. */
  readonly confidence: number;
  /** The data set's own label; null where nobody tells it. */
  readonly own: string | null;
}

/** A line of `chosen-images.csv`. */
export interface ChosenRow {
  readonly label: string;
  readonly copies: number;
}

/** @throws UsageError naming the file and the line that is damaged */
export const pseudoLabelRows = (text: string, file: string): PseudoLabelRow[] =>
  rowsOf(text, file, ([image, label, probability, own, ...more]) => {
    const confidence = Number(probability);
    if (own === undefined || more.length > 0 || !isShare(confidence)) return undefined;
    return { image: image!, label: label!, confidence, own: own === "" ? null : own };
  });

/** @throws UsageError naming the file and the line that is damaged */
export const chosenRows = (text: string, file: string): ChosenRow[] =>
  rowsOf(text, file, ([, label, , count, ...more]) => {
    const copies = Number(count);
    return more.length > 0 || !Number.isInteger(copies) || copies < 1 ? undefined : { label: label!, copies };
  });
