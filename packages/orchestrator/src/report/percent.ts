/** A share of 1 to a tenth of a per cent, `53.6 %`; N/A where there is none. */
export const percent = (share: number | null): string => (share === null ? "N/A" : `${(100 * share).toFixed(1)} %`);
