import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { FileError, writeFolderWhole } from "@fledge/files";
import { random } from "@fledge/random";
import pMap from "p-map";
import sharp from "sharp";

import { lists2010, plan2010, className, type Entry } from "./layout-2010.ts";
import { lists2011, plan2011 } from "./layout-2011.ts";
import { settingsOf, type DemoDatasetOptions, type DemoSettings } from "./options.ts";
import { planOverlap, repeatPicture } from "./overlap.ts";
import { overlapCsv, README_2010, README_2011, STATEMENT } from "./papers.ts";
import { paintScene, type Picture } from "./scene.ts";
import { speciesTable } from "./species/table.ts";

/** What was made. */
export interface DemoDatasetSummary {
  /** The absolute folder, which holds CUB_200_2010/, CUB_200_2011/, overlap-truth.csv and manifest.json. */
  readonly dir: string;
  readonly classes: readonly string[];
  readonly images2010: number;
  readonly images2011: number;
  /** Images of 2010 that 2011 repeats. */
  readonly overlapPairs: number;
  /** Of all JPEGs together. */
  readonly imageBytes: number;
}

/**
 * Draws the demo data set into `dir`: invented birds as JPEGs in the layouts of CUB-200 (2010) and CUB-200-2011, part
 * of the first repeated in the second. Same options, same bytes. `dir` must not exist or be empty; it appears whole or
 * not at all. Throws RangeError for a bad option and for a bad `dir`, FileError where it cannot be written.
 */
export async function makeDemoDataset(dir: string, options: DemoDatasetOptions = {}): Promise<DemoDatasetSummary> {
  const settings = settingsOf(options, speciesTable.length);
  const target = resolve(dir);
  await requireFree(target);
  try {
    return await writeFolderWhole(target, (work) => fill(work, target, settings, options));
  } catch (error) {
    // What the system says of a full disk names no file.
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : new FileError(target, error);
  }
}

/** Rejects only when all that it began has ended: a folder can be removed only when nothing writes into it any more. */
async function mapToTheEnd<Item, Result>(
  items: readonly Item[],
  each: (item: Item) => Promise<Result>,
  concurrency: number,
): Promise<Result[]> {
  const begun: Promise<Result>[] = [];
  const begin = (item: Item): Promise<Result> => {
    const result = each(item);
    begun.push(result);
    return result;
  };
  try {
    return await pMap(items, begin, { concurrency });
  } finally {
    await Promise.allSettled(begun);
  }
}

async function requireFree(dir: string): Promise<void> {
  const entries = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new RangeError(`${dir}: the demo data set cannot be written here (${error.code}). Name a new folder.`, {
      cause: error,
    });
  });
  if (entries.length > 0) {
    throw new RangeError(
      `${dir}: the folder is not empty, and nothing is ever overwritten. Name a new or an empty folder.`,
    );
  }
}

async function fill(
  work: string,
  target: string,
  settings: DemoSettings,
  options: DemoDatasetOptions,
): Promise<DemoDatasetSummary> {
  const table = speciesTable.slice(0, settings.speciesCount);
  const [root2010, root2011] = [join(work, "CUB_200_2010"), join(work, "CUB_200_2011")];
  const [old, later] = [plan2010(settings, table), plan2011(settings, table)];
  const sourceOf = planOverlap(settings, old, later);
  const sources = new Set(sourceOf.values());
  for (const root of [root2010, root2011]) {
    for (const [index, species] of table.entries()) {
      await mkdir(join(root, "images", className(index, species)), { recursive: true });
    }
  }

  let done = 0;
  let imageBytes = 0;
  const save = async (root: string, entry: Entry, picture: Picture): Promise<void> => {
    await writeFile(join(root, "images", entry.path), picture.jpeg);
    imageBytes += picture.jpeg.length;
    done += 1;
    options.onProgress?.(done, old.length + later.length);
  };
  const paint = ({ speciesIndex, imageIndex }: Entry, year: number): Promise<Picture> =>
    paintScene({ seed: settings.seed, year, speciesIndex, imageIndex }, table[speciesIndex]!, settings);

  const atOnce = options.concurrency ?? 4;
  const repeatable = new Map<Entry, Picture>();
  await mapToTheEnd(
    old,
    async (entry) => {
      const picture = await paint(entry, 2010);
      if (sources.has(entry)) repeatable.set(entry, picture);
      await save(root2010, entry, picture);
    },
    atOnce,
  );
  const truths = await mapToTheEnd(
    later,
    async (entry) => {
      const source = sourceOf.get(entry);
      const picture =
        source === undefined
          ? await paint(entry, 2011)
          : await repeatPicture(
              repeatable.get(source)!,
              random(settings.seed, "demo repeat", entry.speciesIndex, entry.imageIndex),
            );
      await save(root2011, entry, picture);
      return { box: picture.box, parts: picture.parts };
    },
    atOnce,
  );

  const counts = { images2010: old.length, images2011: later.length, overlapPairs: sourceOf.size };
  const classes = table.map((species, index) => className(index, species));
  await writeTexts(root2010, { ...lists2010(old, table), README: README_2010 });
  await writeTexts(root2011, { ...lists2011(later, truths, table), README: README_2011 });
  const manifest = {
    statement: STATEMENT,
    recipe: settings,
    classes,
    counts,
    versions: { sharp: sharp.versions.sharp, vips: sharp.versions.vips },
  };
  await writeTexts(work, {
    "manifest.json": `${JSON.stringify(manifest, null, 2)}\n`,
    "overlap-truth.csv": overlapCsv(sourceOf),
  });
  return { dir: target, classes, ...counts, imageBytes };
}

async function writeTexts(root: string, texts: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(texts)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
