import { readFileSync } from "node:fs";
import { writeFileWhole } from "@fledge/files";

/**
 * Replaces what stands between the markers of a ladder in a kernel's README, which is written whole or not at all.
 * @throws if the file has not exactly one `<!-- ladder:NAME -->` with a `<!-- /ladder -->` after it
 */
export async function writeTable(file: string, ladder: string, table: string): Promise<void> {
  const [opening, closing] = [`<!-- ladder:${ladder} -->`, "<!-- /ladder -->"];
  const text = readFileSync(file, "utf8");
  const [before, after, ...more] = text.split(opening);
  const end = after?.indexOf(closing) ?? -1;
  if (after === undefined || more.length > 0 || end < 0 || after.slice(0, end).includes("<!-- ladder:")) {
    throw new Error(
      `${file} has no place for the table of ${ladder}: write ${opening} and ${closing}, once, on lines of their own`,
    );
  }
  await writeFileWhole(file, `${before}${opening}\n\n${table}\n\n${after.slice(end)}`);
}

/** Writes several ladders' tables. @returns which could not be written and why */
export async function writeTables(
  file: string,
  tables: readonly (readonly [ladder: string, table: string])[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const [ladder, table] of tables) {
    await writeTable(file, ladder, table).catch((error: Error) => problems.push(error.message));
  }
  return problems;
}

/** @throws if the file has no marker at all, which can be told before anything is measured */
export function checkMarkers(file: string): void {
  if (readFileSync(file, "utf8").includes("<!-- ladder:")) return;
  throw new Error(
    `${file} has no place for a table: write <!-- ladder:NAME --> and <!-- /ladder -->, with the ladder's name, on lines of their own`,
  );
}
