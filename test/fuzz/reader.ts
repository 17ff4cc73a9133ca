import { createHash } from "node:crypto";

/** A reader of files, as the fuzzer sees it. */
export interface Reader {
  readonly name: string;
  /** Sound files, which mutations begin from. */
  readonly seeds: readonly Buffer[];
  /** Reads a file's bytes. @returns a digest of what it holds @throws one of `refusals`, naming `origin` */
  readonly read: (bytes: Buffer) => string | Promise<string>;
  /** The errors that a damaged file is refused with. */
  readonly refusals: readonly (abstract new (...args: never[]) => Error)[];
  /** What a refusal's message must hold: the file's name. */
  readonly origin: string;
  /** Whether the file's checksums cover its content, so that what is read must be what a seed holds. */
  readonly checked: (bytes: Buffer) => boolean;
  /** The same reader with another place for its file, so that several files are read at once; absent where one is. */
  readonly twin?: (lane: number) => Reader;
}

/** A digest of parts, which cannot run into one another. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha1");
  for (const part of parts) {
    const bytes = Buffer.from(part as Uint8Array);
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex");
}
