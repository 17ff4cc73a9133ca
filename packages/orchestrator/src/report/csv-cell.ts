import { printable } from "@fledge/data";

/**
 * A cell of a CSV file. What a spreadsheet would take for a formula gets an apostrophe before it, as OWASP advises, and
 * control characters stand as escapes, so that a row is a line.
 */
export function csvCell(text: string): string {
  const shown = printable(text).replace(/^[=+\-@]/, "'$&");
  return /[",]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}
