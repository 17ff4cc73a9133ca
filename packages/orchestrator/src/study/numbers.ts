/** A share of 1 as a percentage; unbounded where nothing bounds it. */
export const share = (value: number): string =>
  Number.isFinite(value) ? `${(100 * value).toFixed(1).replace("-", "−")} %` : value > 0 ? "∞" : "−∞";

/** A difference of shares in percentage points, signed. */
export function points(value: number): string {
  if (!Number.isFinite(value)) return share(value);
  const shown = Math.abs(100 * value).toFixed(1);
  return Number(shown) === 0 ? "0.0" : `${value < 0 ? "−" : "+"}${shown}`;
}

/** A standard deviation in percentage points, or an effect size at scale 1: N/A of a single value, ∞ where nothing bounds it. */
export function spread(value: number, scale = 100): string {
  if (Number.isNaN(value)) return "N/A";
  return Number.isFinite(value) ? (scale * value).toFixed(1).replace("-", "−") : share(value);
}

export const pValue = (p: number): string => (p < 0.001 ? "< 0.001" : p.toFixed(3));
