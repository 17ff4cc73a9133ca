import { readFileSync } from "node:fs";
import { whyNoFile } from "@fledge/files";
import { DataError } from "../error.ts";
import { decodeName } from "../file-name.ts";
import { lookAt, reading } from "../unreadable.ts";

/** One line of a list file, cut at white space; `line` counts from 1. */
export interface Row {
  file: string;
  line: number;
  fields: string[];
}

/**
 * Reads a text list of `fieldNames.length` columns separated by white space; blank lines are skipped and the last
 * column takes the rest of the line, because file names may hold spaces.
 * Throws DataError when the file is missing, is none or cannot be read, a line has too few columns, or two lines share the first column.
 */
export function readList(file: string, fieldNames: readonly string[]): Row[] {
  if (!lookAt(file)) {
    throw new DataError({ file }, "this list is missing", "Extract the data set's archive again, lists included");
  }
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new DataError({ file }, wrong, "Extract the data set's archive again");
  const seen = new Map<string, number>();
  const rows: Row[] = [];
  for (const [index, text] of decodeName(reading(file, () => readFileSync(file)))
    .split("\n")
    .entries()) {
    const line = index + 1;
    const fields = cut(text.trim(), fieldNames.length);
    const key = fields[0];
    if (key === undefined) continue;
    if (fields.length < fieldNames.length) {
      const wanted = fieldNames.map((name) => `<${name}>`).join(" ");
      throw new DataError({ file, line }, `"${text.trim()}" is not "${wanted}"`, "Mend the line");
    }
    const first = seen.get(key);
    if (first !== undefined) {
      const problem = `${fieldNames[0]} "${key}" already stands on line ${first}`;
      throw new DataError({ file, line }, problem, "Remove one of the two lines");
    }
    seen.set(key, line);
    rows.push({ file, line, fields });
  }
  if (rows.length === 0) throw new DataError({ file }, "this list is empty", "Extract the data set's archive again");
  return rows;
}

function cut(text: string, columns: number): string[] {
  if (text === "") return [];
  if (columns === 1) return [text];
  const [, head, rest] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  return [head ?? "", ...cut(rest ?? "", columns - 1)];
}
