export interface FilterBalanceOptions {
  readonly classes: number;
  /** How many images each class is to have. */
  readonly imagesPerClass: number;
  /** How sure of an image its teacher must at least be, 0 to 1. */
  readonly minimum: number;
  /** Whether images of a class that has too few are repeated. */
  readonly upsample: boolean;
}

/** Images that were chosen for training, class by class and the surest first. */
export interface Selection {
  /** Into the rows that were chosen from. */
  readonly indices: Int32Array<ArrayBuffer>;
  /** How often each is taken. */
  readonly copies: Int32Array<ArrayBuffer>;
  /** What each is taught. */
  readonly labels: Int32Array<ArrayBuffer>;
  /** By class: how many images it had to choose from, and, where there is one, how sure the teacher had to be. */
  readonly count: Int32Array<ArrayBuffer>;
  readonly threshold: Float32Array<ArrayBuffer> | null;
}

/**
 * Chooses for each class the images of which the teacher is surest, as Noisy Student's filter_unlabel.py does: the
 * threshold falls from 1 in steps of 0.01 until the class has images enough or the minimum is reached; images of a class
 * that has too few are repeated, the surest once more than the others, and of one that has too many the surest are taken.
 * Where the official code draws which images are repeated or dropped, confidence decides here, equal ones by index.
 */
export function filterBalance(
  predictions: ArrayLike<number>,
  confidences: ArrayLike<number>,
  { classes, imagesPerClass, minimum, upsample }: FilterBalanceOptions,
): Selection {
  const ranked = Array.from({ length: classes }, (): number[] => []);
  for (let index = 0; index < predictions.length; index++) ranked[predictions[index]!]!.push(index);
  const threshold = new Float32Array(classes);
  const count = new Int32Array(classes);
  const chosen: { index: number; copies: number; label: number }[] = [];
  ranked.forEach((images, label) => {
    images.sort((a, b) => confidences[b]! - confidences[a]! || a - b);
    let edge = 1;
    let taken = 0;
    for (let percent = 100; ; percent--) {
      edge = percent / 100;
      while (taken < images.length && confidences[images[taken]!]! >= edge) taken++;
      if (taken >= imagesPerClass || edge <= minimum) break;
    }
    threshold[label] = edge;
    count[label] = taken;
    images.slice(0, taken).forEach((index, rank) => {
      const wanted = Math.floor(imagesPerClass / taken) + Number(rank < imagesPerClass % taken);
      const copies = upsample ? wanted : Math.min(wanted, 1);
      if (copies > 0) chosen.push({ index, copies, label });
    });
  });
  return {
    indices: Int32Array.from(chosen, ({ index }) => index),
    copies: Int32Array.from(chosen, ({ copies }) => copies),
    labels: Int32Array.from(chosen, ({ label }) => label),
    count,
    threshold,
  };
}
