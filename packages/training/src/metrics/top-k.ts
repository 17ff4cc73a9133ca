export interface TopK {
  /** [N] classes that come before the label: with a higher logit, or an equal one and a lower number. */
  readonly rank: Int32Array<ArrayBuffer>;
  /** By k: the share of images whose label is among the k first. */
  readonly accuracy: readonly number[];
}

/**
 * Top-k accuracies. `logits`: [N, C] row-major, or probabilities; `labels`: [N]. A k may exceed C.
 * Throws a RangeError where sizes do not fit or a label is no class.
 */
export function topK(logits: ArrayLike<number>, labels: ArrayLike<number>, ks: readonly number[]): TopK {
  const images = labels.length;
  const classes = logits.length / images;
  if (!(Number.isInteger(classes) && classes >= 1)) {
    throw new RangeError(`topK: ${logits.length} logits are no rows of ${images} images`);
  }
  const rank = Int32Array.from({ length: images }, (_, i) => {
    const label = labels[i]!;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      throw new RangeError(`topK: the label of image ${i} is ${label}, and there are ${classes} classes`);
    }
    const own = logits[i * classes + label]!;
    let before = 0;
    for (let c = 0; c < classes; c += 1) {
      const logit = logits[i * classes + c]!;
      if (logit > own || (logit === own && c < label)) before += 1;
    }
    return before;
  });
  const accuracy = ks.map((k) => rank.reduce((hits, place) => hits + Number(place < k), 0) / images);
  return { rank, accuracy };
}
