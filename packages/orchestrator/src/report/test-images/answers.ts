import { confusion, type Evaluation } from "@fledge/training";
import type { Answer } from "../../run/answers-file.ts";

/** Images of one class that a model took for another. */
export interface ConfusedPair {
  readonly own: string;
  readonly taken: string;
  /** How often, over all evaluations. */
  readonly times: number;
  /** The images, the surest first, each once. */
  readonly images: readonly string[];
}

/** What a model's answers come to. */
export interface AnswersSummary {
  /** In order of their names; no class without an image or an answer. */
  readonly classes: readonly string[];
  /** [C, C] answers by own class (row) and prediction (column), over all evaluations. */
  readonly matrix: Int32Array;
  /** [C] answers for images of each class, over all evaluations. */
  readonly support: Int32Array;
  /** [C] shares of 1; 0 for a class without images. */
  readonly perClassAccuracy: Float64Array;
  readonly evaluations: number;
  /** Of one evaluation. */
  readonly images: number;
  /** Of the first evaluation. */
  readonly right: number;
  /** The most frequent first. */
  readonly pairs: readonly ConfusedPair[];
}

const byConfidence = (a: Answer, b: Answer): number => b.confidence - a.confidence || a.image.localeCompare(b.image);

function pairsIn(wrong: readonly Answer[]): ConfusedPair[] {
  const pairs = new Map<string, Answer[]>();
  for (const answer of wrong) {
    const key = JSON.stringify([answer.own, answer.predicted]);
    pairs.set(key, [...(pairs.get(key) ?? []), answer]);
  }
  return [...pairs.values()]
    .map((answers) => ({
      own: answers[0]!.own,
      taken: answers[0]!.predicted,
      times: answers.length,
      images: [...new Set(answers.toSorted(byConfidence).map(({ image }) => image))],
    }))
    .sort((a, b) => b.times - a.times || a.own.localeCompare(b.own) || a.taken.localeCompare(b.taken));
}

const isRight = ({ own, predicted }: Answer): boolean => own === predicted;

/** @param answers at least one */
export function summaryOf(answers: readonly Answer[]): AnswersSummary {
  const classes = [...new Set(answers.flatMap(({ own, predicted }) => [own, predicted]))].sort();
  const labelOf = new Map(classes.map((name, label) => [name, label]));
  const labels = (of: (answer: Answer) => string): Evaluation["classes"] =>
    Int32Array.from(answers, (answer) => labelOf.get(of(answer))!);
  const counted = confusion(
    labels(({ predicted }) => predicted),
    labels(({ own }) => own),
    classes.length,
  );
  const { matrix, support, perClassAccuracy } = counted;
  const first = answers.filter(({ evaluation }) => evaluation === 0);
  return {
    classes,
    matrix,
    support,
    perClassAccuracy,
    evaluations: new Set(answers.map(({ evaluation }) => evaluation)).size,
    images: first.length,
    right: first.filter(isRight).length,
    pairs: pairsIn(answers.filter((answer) => !isRight(answer))),
  };
}

/** Images of the first evaluation to look at. */
export interface Galleries {
  /** Of which the model is surest, and right. */
  readonly right: readonly Answer[];
  /** Of which it is surest, and wrong. */
  readonly wrong: readonly Answer[];
  /** Of which it is least sure. */
  readonly uncertain: readonly Answer[];
}

/** @param most of each kind */
export function galleriesOf(answers: readonly Answer[], most: number): Galleries {
  const sorted = answers.filter(({ evaluation }) => evaluation === 0).sort(byConfidence);
  return {
    right: sorted.filter(isRight).slice(0, most),
    wrong: sorted.filter((answer) => !isRight(answer)).slice(0, most),
    uncertain: sorted.toReversed().slice(0, most),
  };
}
