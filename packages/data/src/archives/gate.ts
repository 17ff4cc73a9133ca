import { posix } from "node:path";
import type { ReadEntry } from "tar";

/** How much an archive may unpack to: many times what CUB needs, little enough for a disk to bear. */
export interface Limits {
  readonly entries: number;
  readonly bytes: number;
}

const defaultLimits: Limits = { entries: 200_000, bytes: 16 * 2 ** 30 };

/** The parts of a tar entry that decide whether it may be written. */
type Entry = Pick<ReadEntry, "path" | "type" | "size" | "linkpath">;

const files = new Set(["File", "OldFile", "ContiguousFile"]);

/**
 * Makes the check of one extraction: it says why the next entry may not be written, or undefined where it may.
 * Links of both kinds are refused wherever they point, since a chain of links that each stay inside can still lead out,
 * and images need none.
 */
export function makeGate(limits: Limits = defaultLimits): (entry: Entry) => string | undefined {
  const written = new Set<string>();
  let entries = 0;
  let bytes = 0;
  return ({ path, type, size, linkpath }) => {
    if (!(size >= 0)) return `"${path}" has the size ${size}`;
    entries += 1;
    bytes += size;
    // Backslashes and drive letters count on every system: an archive is either safe for all of them or for none.
    if (/^([\\/]|[a-z]:)/i.test(path)) return `"${path}" is an absolute path`;
    if (path.split(/[\\/]/).includes("..")) return `"${path}" leaves the folder through ".."`;
    if (type === "SymbolicLink" || type === "Link") return `"${path}" is a link (to "${linkpath}")`;
    if (type !== "Directory" && !files.has(type)) return `"${path}" is no file and no folder (${type})`;
    if (entries > limits.entries) return `it holds more than ${limits.entries} entries`;
    if (bytes > limits.bytes) return `it unpacks to more than ${limits.bytes} bytes`;
    if (type === "Directory") return undefined;
    const place = posix.normalize(path);
    if (written.has(place)) return `"${path}" comes twice, and nothing is overwritten`;
    written.add(place);
    return undefined;
  };
}
