import type { Selection } from "./filter-balance.ts";

export interface TopKOptions {
  readonly classes: number;
  /** For how many of its likeliest classes an image is a candidate: P in the paper. */
  readonly classesPerImage: number;
  /** How many candidates a class takes: K in the paper. */
  readonly imagesPerClass: number;
}

/**
 * Chooses for each class the K candidates of highest score, an image being a candidate for its P likeliest classes
 * (Yalniz et al. 2019, "Billion-scale semi-supervised learning for image classification", section 3). Of equal scores
 * the lower class and the lower index come first. An image may be taken for several classes, and is never repeated.
 * @param scores [N, classes]
 */
export function topKPerClass(
  scores: ArrayLike<number>,
  { classes, classesPerImage, imagesPerClass }: TopKOptions,
): Selection {
  const candidates = Array.from({ length: classes }, (): number[] => []);
  const scoreOf = (index: number, label: number): number => scores[index * classes + label]!;
  for (let index = 0; index < scores.length / classes; index++) {
    const likeliest = Array.from({ length: classes }, (_, label) => label).sort(
      (a, b) => scoreOf(index, b) - scoreOf(index, a) || a - b,
    );
    for (const label of likeliest.slice(0, classesPerImage)) candidates[label]!.push(index);
  }
  const taken = candidates.map((images, label) =>
    images.sort((a, b) => scoreOf(b, label) - scoreOf(a, label) || a - b).slice(0, imagesPerClass),
  );
  const indices = Int32Array.from(taken.flat());
  return {
    indices,
    copies: new Int32Array(indices.length).fill(1),
    labels: Int32Array.from(taken.flatMap((images, label) => images.map(() => label))),
    count: Int32Array.from(taken, ({ length }) => length),
    threshold: null,
  };
}
