import { join } from "node:path";
import { withTemporaryFolder } from "@fledge/files";
import { extractArchives } from "../archives/extract.ts";
import type { Dataset } from "../dataset.ts";
import { DataError } from "../error.ts";
import { isFolder, lookAt } from "../unreadable.ts";
import { readDataset } from "../readers/read-dataset.ts";
import { expectedOf, type Expected } from "./expected.ts";
import { compare, faultFinding, wantNone, type Finding, type Role } from "./finding.ts";
import { verifyArchive } from "./verify-archive.ts";
import { verifyImages } from "./verify-images.ts";

const folderNames: Readonly<Record<Role, string>> = { labelled: "CUB_200_2010", unlabelled: "CUB_200_2011" };

export interface SetRequest {
  readonly role: Role;
  /** One folder, or the archives that make it up. */
  readonly paths: readonly string[];
  /** Where the sound archives' content is kept; without it, it is checked in a temporary folder. */
  readonly extractTo: string | undefined;
  readonly onProgress: (done: number, total: number) => void;
}

interface VerifiedSet {
  readonly findings: Finding[];
  /** Undefined where it cannot be read. */
  readonly dataset?: Dataset;
}

/** Checks one data set. A fault in the data is a finding. @throws FileError where nothing can be unpacked or written */
export const verifySet = (request: SetRequest): Promise<VerifiedSet> =>
  withTemporaryFolder("fledge-verify", (work) => verifyIn(work, request));

async function verifyIn(work: string, request: SetRequest): Promise<VerifiedSet> {
  const { role, paths, onProgress } = request;
  const findings: Finding[] = [];
  try {
    const expected = expectedOf(role, paths[0]!);
    for (const path of paths) requireSource(path, paths);
    const folder = isFolder(paths[0]!) ? paths[0]! : await unpacked(request, expected, work, findings);
    const dataset = readDataset(folder);
    findings.push(...verifyCounts(role, dataset, expected));
    findings.push(...(await verifyImages(role, dataset, { expected, folder: join(work, "manifest"), onProgress })));
    return { findings, dataset };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    findings.push(faultFinding(role, "reading", error));
    return { findings };
  }
}

function requireSource(path: string, paths: readonly string[]): void {
  const mend = "Give one folder, or the archives that make up the data set";
  const found = lookAt(path);
  if (!found) throw new DataError({ file: path }, "this does not exist", mend);
  if (!found.isDirectory() && !found.isFile()) throw new DataError({ file: path }, "this is no file", mend);
  if (found.isDirectory() && paths.length > 1) throw new DataError({ file: path }, "it is a folder among others", mend);
}

/** The folder that the archives were unpacked into; what their hashes show to be damaged is not kept. */
async function unpacked(
  { role, paths, extractTo }: SetRequest,
  { archives }: Expected,
  work: string,
  findings: Finding[],
): Promise<string> {
  for (const path of paths) findings.push(...(await verifyArchive(role, path, archives)));
  const keep = extractTo !== undefined && findings.every(({ verdict }) => verdict === "ok");
  const folder = join(keep ? extractTo : work, folderNames[role]);
  await extractArchives(paths, folder);
  if (extractTo !== undefined) {
    const wanted = join(extractTo, folderNames[role]);
    const found = keep ? folder : "checked, not kept";
    findings.push(compare(role, "extracted to", { expected: wanted, found }, "Mend the archives first"));
  }
  return folder;
}

/** Holds layout, counts and split against what is expected. */
export function verifyCounts(role: Role, dataset: Dataset, expected: Expected): Finding[] {
  const { name, samples, classes } = dataset;
  const again = "Extract the published archive again";
  const listed = ["cub-200-2010", "cub-200-2011"].includes(name);
  const layout = { expected: expected.layout, found: listed ? name : `class folders (${name})` };
  const mend = listed ? "Swap the two data sets" : "Without its lists, nothing says which images belong to it";
  const findings = [
    compare(role, "layout", layout, mend, listed ? "wrong" : "note"),
    compare(role, "images", { expected: expected.images, found: samples.length }, again),
    compare(role, "classes", { expected: expected.classes, found: classes.length }, again),
  ];
  const { classNames, split } = expected;
  if (classNames) {
    const names = new Set(classNames);
    const strange = classes.filter((className) => !names.has(className));
    findings.push(wantNone(role, "classes that the manifest lacks", strange, "Draw the data set again"));
  }
  if (split && name === expected.layout) {
    const count = (side: "train" | "test"): number => samples.filter(({ official }) => official === side).length;
    const sides = { expected: `${split.train} + ${split.test}`, found: `${count("train")} + ${count("test")}` };
    findings.push(compare(role, "official train + test", sides, again, split.verdictOtherwise));
  }
  return findings;
}
