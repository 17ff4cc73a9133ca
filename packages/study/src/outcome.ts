/** What one model of one variant reached under one seed, by one measure. */
export interface Outcome {
  readonly variant: string;
  readonly seed: number;
  readonly model: string;
  /** What was measured: `target`, `robustness`, or an evaluation that the study asks for. */
  readonly measure: string;
  /** A share of 1. */
  readonly value: number;
  /** By image, "1" where the model is right and "0" where not, and a name of these images in this order. */
  readonly answers?: { readonly correct: string; readonly images: string };
}

/** A model that a variant trains. */
export interface Contender {
  readonly variant: string;
  readonly model: string;
}

/** What one variant's model is compared with. */
export interface Comparison {
  readonly of: Contender;
  readonly than: Contender;
}

/** Those of one model by one measure. */
export const outcomesBy = (
  outcomes: readonly Outcome[],
  { variant, model }: Contender,
  measure: string,
): readonly Outcome[] =>
  outcomes.filter((one) => one.variant === variant && one.model === model && one.measure === measure);

/** In the order in which they appear. */
export const measuresOf = (outcomes: readonly Outcome[]): string[] => [
  ...new Set(outcomes.map(({ measure }) => measure)),
];
