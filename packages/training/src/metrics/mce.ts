export interface CorruptionErrors {
  /** Shares of 1, [corruption][severity]. */
  readonly errors: readonly (readonly number[])[];
  /** The reference model's, of the same form. */
  readonly baseline: readonly (readonly number[])[];
  /** Errors without a corruption, for the relative figures. */
  readonly clean?: { readonly error: number; readonly baseline: number };
}

export interface CorruptionError {
  /** By corruption: the sum over severities of the error, divided by the reference model's. */
  readonly ce: readonly number[];
  /** The mean of `ce`, 1 for the reference model itself. */
  readonly mce: number;
  /** Over all corruptions and severities. */
  readonly meanError: number;
  /** As `ce` and `mce`, of what each model loses against its error on clean images. */
  readonly relative?: { readonly ce: readonly number[]; readonly mce: number };
}

/**
 * Corruption error and its mean, mCE (Hendrycks and Dietterich, ICLR 2019, section 4.2): the mean of ratios, not the
 * ratio of means. The published baseline, AlexNet, says nothing off ImageNet; take the teacher.
 * Where the baseline makes no error a ratio is NaN or infinite. Throws a RangeError where the two tables differ in size.
 */
export function mce({ errors, baseline, clean }: CorruptionErrors): CorruptionError {
  if (errors.length === 0) throw new RangeError("mce: there is no corruption");
  if (errors.length !== baseline.length || errors.some((row, i) => row.length !== baseline[i]!.length)) {
    throw new RangeError("mce: errors and baseline must have the same corruptions and severities");
  }
  const ce = errors.map((row, i) => sum(row) / sum(baseline[i]!));
  const result = { ce, mce: mean(ce), meanError: mean(errors.flat()) };
  if (!clean) return result;
  const excess = (row: readonly number[], own: number): number => sum(row) - row.length * own;
  const relative = errors.map((row, i) => excess(row, clean.error) / excess(baseline[i]!, clean.baseline));
  return { ...result, relative: { ce: relative, mce: mean(relative) } };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
