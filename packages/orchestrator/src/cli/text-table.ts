/**
 * Rows as lines whose columns stand below one another.
 * @param widest of a column; a longer cell pushes the rest of its own row to the right, not every row's
 */
export function textTable(rows: readonly (readonly string[])[], widest = Infinity): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, Math.min(cell.length, widest))));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("  ")
      .trimEnd(),
  );
}
