import { basename } from "node:path";
import { checksumsOf } from "../archives/checksums.ts";
import type { PublishedArchive } from "../archives/published.ts";
import { compare, type Finding, type Role } from "./finding.ts";

/**
 * Holds an archive's size and hashes against the published ones. It is known by its hash, whatever it is called, and
 * failing that by its name; `published` undefined says that nobody published it.
 */
export async function verifyArchive(
  role: Role,
  archive: string,
  published: readonly PublishedArchive[] | undefined,
): Promise<Finding[]> {
  const name = basename(archive);
  const found = await checksumsOf(archive);
  if (published === undefined) {
    const expected = "drawn data: none published";
    return [
      { data: role, check: `${name}: sha256`, expected, found: found.sha256, verdict: "ok", mend: "", details: [] },
    ];
  }
  const twin = published.find(({ sha256 }) => sha256 === found.sha256) ?? published.find(({ file }) => file === name);
  if (twin === undefined) {
    const names = published.map(({ file }) => file).join(", ");
    return [
      compare(role, "archive", { expected: names, found: name }, "Give the published archives, whole and unchanged"),
    ];
  }
  const mend = "Download it again: it is cut short, damaged or repacked";
  const check = (key: "sizeBytes" | "sha256" | "md5", label: string): Finding[] => {
    const expected = twin[key];
    return expected === undefined ? [] : [compare(role, `${name}: ${label}`, { expected, found: found[key] }, mend)];
  };
  return [...check("sizeBytes", "bytes"), ...check("sha256", "sha256"), ...check("md5", "md5")];
}
