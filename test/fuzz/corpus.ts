import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const corpus = join(import.meta.dirname, "corpus");

/** Keeps a file that a reader failed on. @returns where */
export function keep(reader: string, name: string, bytes: Buffer): string {
  mkdirSync(join(corpus, reader), { recursive: true });
  const file = join(corpus, reader, `${name}.bin`);
  writeFileSync(file, bytes);
  return file;
}

/** The files that a reader failed on before, by name. */
export function kept(reader: string): (readonly [name: string, bytes: Buffer])[] {
  const folder = join(corpus, reader);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]);
}
