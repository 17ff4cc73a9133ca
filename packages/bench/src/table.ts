import { markdownTable } from "markdown-table";

/** Three significant digits without an exponent: 0.00123, 12.3, 1230. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const digits = Math.floor(Math.log10(Math.abs(value)));
  if (digits >= 2) return Math.round(value).toString();
  return value.toFixed(Math.min(20, 2 - digits));
}

/** A table that lines up in a terminal and is Markdown at the same time; all but the first `left` columns are right-aligned. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const align = header.map((_, column) => (column < left ? "l" : "r"));
  return markdownTable([[...header], ...rows.map((row) => [...row])], { align });
}
