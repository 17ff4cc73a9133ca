import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { publishedArchives, type PublishedArchive } from "../archives/published.ts";
import { lookAt, reading } from "../unreadable.ts";
import type { Role } from "./finding.ts";

/** What a data set should hold. */
export interface Expected {
  /** What the reader calls a folder in the layout of the year. */
  readonly layout: string;
  readonly images: number;
  readonly classes: number;
  readonly classNames?: readonly string[];
  readonly split?: { readonly train: number; readonly test: number; readonly verdictOtherwise: "note" | "wrong" };
  readonly greyscaleIds?: readonly string[];
  /** Undefined where the archives were never published. */
  readonly archives?: readonly PublishedArchive[];
}

const published: Readonly<Record<Role, Expected>> = {
  labelled: {
    layout: "cub-200-2010",
    images: 6033,
    classes: 200,
    // TensorFlow Datasets' catalog, caltech_birds2010: second hand, so that a difference is told and no more.
    split: { train: 3000, test: 3033, verdictOtherwise: "note" },
    archives: publishedArchives[2010],
  },
  unlabelled: {
    layout: "cub-200-2011",
    images: 11_788,
    classes: 200,
    split: { train: 5994, test: 5794, verdictOtherwise: "wrong" },
    // A public loader's list, not the authors'.
    greyscaleIds: ["448", "1401", "3617", "3619", "3780", "5029", "5393", "6321"],
    archives: publishedArchives[2011],
  },
};

const demoManifest = z.object({
  classes: z.array(z.string()),
  counts: z.object({ images2010: z.int(), images2011: z.int() }),
});

/** What `path`, a folder or an archive, should hold: as its manifest.json says where it is drawn, else as published. @throws UnreadableError */
export function expectedOf(role: Role, path: string): Expected {
  const manifest = readDemoManifest(join(dirname(resolve(path)), "manifest.json"));
  if (manifest === undefined) return published[role];
  const { classes, counts } = manifest;
  const images = role === "labelled" ? counts.images2010 : counts.images2011;
  return { layout: published[role].layout, images, classes: classes.length, classNames: classes };
}

/** Undefined where there is no such file or it is someone else's. */
function readDemoManifest(file: string): z.infer<typeof demoManifest> | undefined {
  if (!lookAt(file)?.isFile()) return undefined;
  const text = reading(file, () => readFileSync(file, "utf8"));
  try {
    return demoManifest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
