import { readFile } from "node:fs/promises";
import { printable } from "@fledge/data";
import { whyNoFile } from "@fledge/files";
import { UsageError } from "../config/resolve.ts";

/**
 * Class names from a file, one in a line in the order of their numbers, or a JSON array of them; null for "none".
 * @throws UsageError where they are not `count`
 */
export async function readClassNames(given: string, count: number): Promise<readonly string[] | null> {
  if (given === "none") return null;
  const wrong = whyNoFile(given);
  if (wrong !== null) throw new UsageError(`--classes: ${printable(given)}: ${wrong}`);
  const text = await readFile(given, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--classes: ${printable(given)} cannot be read (${error.message})`, { cause: error });
  });
  const names = namesIn(text, given);
  if (names.length === count) return names;
  throw new UsageError(
    `--classes: ${printable(given)} names ${names.length} classes, and the model tells apart ${count}`,
  );
}

function namesIn(text: string, given: string): string[] {
  if (!text.trimStart().startsWith("["))
    return text
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  } catch {
    // Said below.
  }
  throw new UsageError(`--classes: ${printable(given)} begins as a JSON array and is none of texts`);
}

/** What a class is called: its name, or its number where names are not known. */
export const classLabel = (classes: readonly string[] | null, label: number): string =>
  classes?.[label] ?? `class ${label}`;
