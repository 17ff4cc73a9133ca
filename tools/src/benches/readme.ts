import { readFileSync, renameSync, writeFileSync } from "node:fs";

/**
 * Replaces what stands between the markers of a ladder in a kernel's README, which is written whole or not at all.
 * @throws if the file has not exactly one `<!-- ladder:NAME -->` with a `<!-- /ladder -->` after it
 */
export function writeTable(file: string, ladder: string, table: string): void {
  const [opening, closing] = [`<!-- ladder:${ladder} -->`, "<!-- /ladder -->"];
  const text = readFileSync(file, "utf8");
  const [before, after, ...more] = text.split(opening);
  const end = after?.indexOf(closing) ?? -1;
  if (after === undefined || more.length > 0 || end < 0 || after.slice(0, end).includes("<!-- ladder:")) {
    throw new Error(
      `${file} has no place for the table of ${ladder}: write ${opening} and ${closing}, once, on lines of their own`,
    );
  }
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, `${before}${opening}\n\n${table}\n\n${after.slice(end)}`);
  renameSync(partial, file);
}

/** Writes several ladders' tables. @returns which could not be written and why */
export function writeTables(file: string, tables: readonly (readonly [ladder: string, table: string])[]): string[] {
  return tables.flatMap(([ladder, table]) => {
    try {
      writeTable(file, ladder, table);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
}

/** @throws if the file has no marker at all, which can be told before anything is measured */
export function checkMarkers(file: string): void {
  if (readFileSync(file, "utf8").includes("<!-- ladder:")) return;
  throw new Error(
    `${file} has no place for a table: write <!-- ladder:NAME --> and <!-- /ladder -->, with the ladder's name, on lines of their own`,
  );
}
