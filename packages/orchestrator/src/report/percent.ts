/** A share of 1 to a tenth of a per cent, `53.6 %`; N/A where there is none. */
export const percent = (share: number | null): string => (share === null ? "N/A" : `${(100 * share).toFixed(1)} %`);

/** A mean with the standard deviation of several evaluations, in per cent: `53.6 % ± 2.0`; one has none. */
export const meanText = (mean: number | null, deviation: number | null, evaluations: number): string =>
  `${percent(mean)}${evaluations > 1 && deviation !== null ? ` ± ${(100 * deviation).toFixed(1)}` : ""}`;
