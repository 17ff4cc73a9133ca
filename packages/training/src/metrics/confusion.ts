export interface Confusion {
  /** [C, C] images by label (row) and prediction (column). */
  readonly matrix: Int32Array<ArrayBuffer>;
  /** [C] images of each label. */
  readonly support: Int32Array<ArrayBuffer>;
  /** [C] shares of 1; 0 for a class without images. */
  readonly perClassAccuracy: Float64Array;
  /** The mean over the classes that have images. */
  readonly macroAccuracy: number;
  readonly accuracy: number;
}

/**
 * Which classes are taken for which (scikit-learn's confusion_matrix). `predictions` and `labels`: [N].
 * Throws a RangeError where their lengths differ, there is no image, or one is no class of 0 .. classes - 1.
 */
export function confusion(predictions: ArrayLike<number>, labels: ArrayLike<number>, classes: number): Confusion {
  const images = labels.length;
  if (predictions.length !== images || images === 0) {
    throw new RangeError(
      `confusion: ${predictions.length} predictions for ${images} labels; there must be one for each`,
    );
  }
  const matrix = new Int32Array(classes * classes);
  const support = new Int32Array(classes);
  for (let i = 0; i < images; i += 1) {
    for (const [what, value] of [
      ["label", labels[i]!],
      ["prediction", predictions[i]!],
    ] as const) {
      if (!(Number.isInteger(value) && value >= 0 && value < classes)) {
        throw new RangeError(`confusion: the ${what} of image ${i} is ${value}, and there are ${classes} classes`);
      }
    }
    matrix[labels[i]! * classes + predictions[i]!]! += 1;
    support[labels[i]!]! += 1;
  }
  const right = Array.from(support, (_, c) => matrix[c * classes + c]!);
  const perClassAccuracy = Float64Array.from(support, (count, c) => (count === 0 ? 0 : right[c]! / count));
  const present = support.reduce((sum, count) => sum + Number(count > 0), 0);
  return {
    matrix,
    support,
    perClassAccuracy,
    macroAccuracy: perClassAccuracy.reduce((sum, share) => sum + share, 0) / present,
    accuracy: right.reduce((sum, count) => sum + count, 0) / images,
  };
}
