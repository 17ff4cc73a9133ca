/** What a teacher says of the images of a data set, a row for each of its samples. */
export interface PseudoLabels {
  /** The most likely class, the first of equally likely ones. */
  readonly classes: Int32Array<ArrayBuffer>;
  /** Its probability, 0 to 1. */
  readonly confidences: Float32Array<ArrayBuffer>;
  /** [N,C]: those of all classes, 0 to 1; null where only the classes were kept. */
  readonly probabilities: Float32Array<ArrayBuffer> | null;
}

/** The rows at `indices`, in that order. @throws RangeError at an index that has none */
export function labelsAt(labels: PseudoLabels, indices: ArrayLike<number>): PseudoLabels {
  const { classes, confidences, probabilities } = labels;
  const rows = Array.from(indices);
  const outside = rows.find((index) => !(index >= 0 && index < classes.length));
  if (outside !== undefined)
    throw new RangeError(`labelsAt: index ${outside} is outside the labels of ${classes.length} images`);
  const width = probabilities ? probabilities.length / classes.length : 0;
  return {
    classes: Int32Array.from(rows, (index) => classes[index]!),
    confidences: Float32Array.from(rows, (index) => confidences[index]!),
    probabilities: probabilities && gathered(probabilities, rows, width),
  };
}

function gathered(
  values: Float32Array<ArrayBuffer>,
  rows: readonly number[],
  width: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(rows.length * width);
  rows.forEach((index, row) => out.set(values.subarray(index * width, (index + 1) * width), row * width));
  return out;
}
