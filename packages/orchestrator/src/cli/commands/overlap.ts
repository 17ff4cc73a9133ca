import { findRepeats, foldersOverlap, printable, readUnlabelled } from "@fledge/data";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { UsageError } from "../../config/resolve.ts";
import { overlapPage } from "../../overlap/page.ts";
import { overlapCsv, overlapRecord, overlapSummary, type SearchedSet } from "../../overlap/records.ts";
import { log } from "../log.mjs";
import { overlapProgress } from "../overlap-progress.ts";
import { defaultPage } from "./overlap.mjs";

interface Flags {
  readonly page?: string | true;
  readonly csv?: string;
  readonly json?: string | true;
  readonly workers: number;
}

/** Broken images that are named on the console; the page and the JSON file name all. */
const mostNamed = 10;

function setsOf(folders: readonly string[]): SearchedSet[] {
  // What the images show does not matter here.
  const sets = folders.map((folder) => ({ folder, dataset: readUnlabelled(folder, []) }));
  const [first, second] = sets;
  if (first && second && foldersOverlap(first.dataset.root, second.dataset.root))
    throw new UsageError(
      `${printable(second.folder)} is, holds or lies in ${printable(first.folder)}: every image would repeat itself; ` +
        "give two folders with images of their own, or one alone",
    );
  return sets;
}

export async function overlap(first: string, second: string | undefined, flags: Flags): Promise<void> {
  const page = flags.page === true ? defaultPage : flags.page;
  const json = flags.json === true ? undefined : flags.json;
  const sets = setsOf(second === undefined ? [first] : [first, second]);
  for (const file of [page, flags.csv, json]) if (file !== undefined) await checkWritable(file);
  const { onProgress, stop } = overlapProgress();
  const found = await findRepeats(
    sets.map(({ dataset }) => dataset),
    { workers: flags.workers, onProgress },
  ).finally(stop);
  const record = overlapRecord(sets, found);
  for (const { folder, unreadable } of record.datasets) {
    if (unreadable.length === 0) continue;
    log.warn(`${printable(folder)}: ${unreadable.length} images left out, which cannot be read`);
    for (const { reason } of unreadable.slice(0, mostNamed)) log.warn(printable(reason));
    if (unreadable.length > mostNamed) log.warn(`and ${unreadable.length - mostNamed} more, which --json names`);
  }
  if (json !== undefined) await writeFileWhole(json, `${JSON.stringify(record, null, 1)}\n`);
  if (flags.csv !== undefined) await writeFileWhole(flags.csv, overlapCsv(record));
  if (page !== undefined) await writeFileWhole(page, await overlapPage(sets, record));
  if (flags.json === true) console.log(JSON.stringify(record, null, 1));
  else for (const line of overlapSummary(record)) console.log(line);
  const written = [page, flags.csv, json].filter((file) => file !== undefined);
  if (written.length > 0) log.success(`written: ${written.join(", ")}`);
  else if (record.pairs.length > 0) log.info("--page shows the pairs, --csv and --json list them");
}
