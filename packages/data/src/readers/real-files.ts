import { lstatSync, readdirSync, readlinkSync, realpathSync, statSync, type BigIntStats } from "node:fs";
import { dirname, join } from "node:path";
import type { BrokenImage } from "../dataset.ts";
import { DataError } from "../error.ts";
import { decodeName, systemPath } from "../file-name.ts";
import { isSystemFault, UnreadableError } from "../unreadable.ts";

/** A file or folder by what it is, not by what it is called: links and hard links to it give the same. */
const identityOf = (path: string, { dev, ino }: BigIntStats): string =>
  ino === 0n ? realpathSync(path) : `${dev}:${ino}`; // A file system without inodes gives 0.

const isLink = (path: string): boolean =>
  lstatSync(systemPath(path), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/**
 * Tells the files below `root` that may be read from what may not: pipes, devices, links to nothing, and anything that
 * was met before under another name. What it turns away is in `setAside`.
 */
export class RealFiles {
  readonly #root: string;
  readonly #met = new Map<string, string>();
  readonly setAside: BrokenImage[] = [];

  /** `root` is absolute. */
  constructor(root: string) {
    this.#root = root;
    // A link to a folder above would bring all of it in, and the folder itself once more.
    for (let folder = realpathSync(root); ; folder = dirname(folder)) {
      this.#met.set(identityOf(folder, statSync(folder, { bigint: true })), folder);
      if (folder === dirname(folder)) break;
    }
  }

  /** What `path`, relative to the root, is once links are followed; undefined where it is not to be read. */
  take(path: string): "file" | "folder" | undefined {
    const file = join(this.#root, path);
    let stat: BigIntStats;
    try {
      stat = statSync(systemPath(file), { bigint: true });
    } catch (error) {
      if (isSystemFault(error)) throw new UnreadableError(file, error);
      const { code } = error as NodeJS.ErrnoException;
      const target = isLink(file) ? decodeName(readlinkSync(systemPath(file), "buffer")) : undefined;
      const problem = target === undefined ? `it cannot be reached (${code})` : `a link to "${target}" (${code})`;
      return this.refuse(path, problem, "Fetch what it stands for, or remove it");
    }
    if (!stat.isFile() && !stat.isDirectory()) return this.refuse(path, "neither a file nor a folder", "Remove it");
    const identity = identityOf(file, stat);
    const twin = this.#met.get(identity);
    if (twin !== undefined) return this.refuse(path, `another name of ${twin}, and nothing is read twice`, "Remove it");
    this.#met.set(identity, file);
    return stat.isFile() ? "file" : "folder";
  }

  /** Sets `path` aside. */
  refuse(path: string, problem: string, mend: string): undefined {
    this.setAside.push({ path, reason: new DataError({ file: join(this.#root, path) }, problem, mend).message });
  }
}

/**
 * The files below `root` whose names `wanted` accepts, and every folder directly in it; each file and folder once.
 * @param flat whether files directly in `root` are wanted too: where folders are no classes
 */
export function walk(
  root: string,
  wanted: (name: string) => boolean,
  flat = false,
): { folders: string[]; files: string[]; setAside: BrokenImage[] } {
  const real = new RealFiles(root);
  const folders: string[] = [];
  const files: string[] = [];
  const links: string[] = [];
  const take = (path: string, name: string): void => {
    const kind = real.take(path);
    if (kind === "file" && wanted(name)) files.push(path);
    if (kind !== "folder") return;
    if (path === name) folders.push(path);
    visit(path);
  };
  const visit = (folder: string): void => {
    for (const entry of entriesOf(join(root, folder))) {
      const name = decodeName(entry.name);
      const path = folder === "" ? name : `${folder}/${name}`;
      if (entry.isSymbolicLink()) links.push(path);
      else if (entry.isDirectory() || ((flat || folder !== "") && wanted(name))) take(path, name);
    }
  };
  visit("");
  // Links wait until all that lies there itself is known; what they lead to may add further ones.
  for (const path of links) take(path, path.slice(path.lastIndexOf("/") + 1));
  return { folders, files, setAside: real.setAside };
}

function entriesOf(folder: string) {
  try {
    const entries = readdirSync(systemPath(folder), { withFileTypes: true, encoding: "buffer" });
    return entries.sort((a, b) => Buffer.compare(a.name, b.name));
  } catch (error) {
    if (isSystemFault(error)) throw new UnreadableError(folder, error);
    const problem = `this folder cannot be read (${(error as Error).message})`;
    throw new DataError({ file: folder }, problem, "Mend it or remove it", error);
  }
}
