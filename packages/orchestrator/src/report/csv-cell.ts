import { printable } from "@fledge/data";

/**
 * A cell of a CSV file. What a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises, and
 * control characters stand as escapes, so that a row is a line.
 */
export function csvCell(text: string): string {
  const shown = printable(text).replace(/^[=+\-@]/, "'$&");
  return /[",]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** A CSV file: its first line as it stands, then rows of cells. */
export const csv = (header: string, rows: readonly (readonly (string | number)[])[]): string =>
  `${[header, ...rows.map((cells) => cells.map((cell) => csvCell(String(cell))).join(","))].join("\n")}\n`;
