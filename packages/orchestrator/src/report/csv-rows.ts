import { UsageError } from "../config/resolve.ts";

/** The cells of a line as `csvCell` writes them. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain!,
  );

/** The lines below a header. @throws UsageError naming the file and the line that is no row of it */
export function rowsOf<Row>(text: string, file: string, rowOf: (cells: string[]) => Row | undefined): Row[] {
  const lines = text.trimEnd().split("\n").slice(1);
  return lines.map((line, index) => {
    const row = rowOf(cellsOf(line));
    if (row) return row;
    throw new UsageError(
      `${file}, line ${index + 2} is no row of it: restore the file; the report lacks what it tells`,
    );
  });
}

export const isShare = (value: number): boolean => value >= 0 && value <= 1;
