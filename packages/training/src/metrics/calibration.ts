import { firstArgmax } from "./first-argmax.ts";

export interface Calibration {
  /** Expected calibration error: the mean gap between accuracy and confidence, weighted by the bins' images. */
  readonly ece: number;
  /** The greatest gap of a bin that has images. */
  readonly maximumGap: number;
  /** By bin; bin k holds confidences of k / bins < c <= (k + 1) / bins. Empty bins have accuracy and confidence 0. */
  readonly binCount: Int32Array<ArrayBuffer>;
  readonly binAccuracy: Float64Array;
  readonly binConfidence: Float64Array;
  /** The mean over images of the sum over classes of (p - onehot)^2 (Brier 1950), 0..2. */
  readonly brier: number;
  /** The mean of -log(p of the label), p being at least 1e-12. */
  readonly nll: number;
}

/** A probability of 0 for the label would make the mean infinite. */
const leastProbability = 1e-12;

/**
 * How far a network's confidences may be believed (Guo et al., ICML 2017, sections 2 and 3). `probabilities`: [N, C]
 * row-major, `labels`: [N]. Confidence is the greatest probability, the prediction the first class that has it.
 * Throws a RangeError where sizes do not fit or a label is no class.
 */
export function calibration(probabilities: ArrayLike<number>, labels: ArrayLike<number>, bins: number): Calibration {
  const images = labels.length;
  const classes = probabilities.length / images;
  if (!(Number.isInteger(classes) && classes >= 1)) {
    throw new RangeError(`calibration: ${probabilities.length} probabilities are no rows of ${images} images`);
  }
  if (!(Number.isInteger(bins) && bins >= 1)) {
    throw new RangeError(`calibration: bins must be a positive integer, got ${bins}`);
  }
  const binCount = new Int32Array(bins);
  const binAccuracy = new Float64Array(bins);
  const binConfidence = new Float64Array(bins);
  let brier = 0;
  let nll = 0;
  for (let i = 0; i < images; i += 1) {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`calibration: the label of image ${i} is ${label}, and there are ${classes} classes`);
    }
    const at = i * classes;
    const predicted = firstArgmax(probabilities, at, classes);
    const confidence = probabilities[at + predicted]!;
    const bin = binOf(confidence, bins);
    binCount[bin]! += 1;
    binConfidence[bin]! += confidence;
    if (predicted === label) binAccuracy[bin]! += 1;
    for (let c = 0; c < classes; c += 1) brier += (probabilities[at + c]! - Number(c === label)) ** 2;
    nll -= Math.log(Math.max(probabilities[at + label]!, leastProbability));
  }
  let ece = 0;
  let maximumGap = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const count = binCount[bin]!;
    if (count === 0) continue;
    binAccuracy[bin]! /= count;
    binConfidence[bin]! /= count;
    const gap = Math.abs(binAccuracy[bin]! - binConfidence[bin]!);
    ece += (count / images) * gap;
    maximumGap = Math.max(maximumGap, gap);
  }
  return { ece, maximumGap, binCount, binAccuracy, binConfidence, brier: brier / images, nll: nll / images };
}

/** The first bin whose upper edge (k + 1) / bins is not below the confidence. */
function binOf(confidence: number, bins: number): number {
  let bin = Math.min(Math.max(Math.ceil(confidence * bins) - 1, 0), bins - 1);
  // The product may round across an edge; the edges are quotients.
  while (bin > 0 && confidence <= bin / bins) bin -= 1;
  while (bin < bins - 1 && confidence > (bin + 1) / bins) bin += 1;
  return bin;
}
