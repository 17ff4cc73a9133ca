import pMap from "p-map";
import type { Dataset } from "../dataset.ts";
import { sampleFile } from "../dataset.ts";
import { withImage } from "../image-file.ts";
import { validateDataset } from "../manifest.ts";
import { readImageFolder } from "../readers/image-folder.ts";
import type { Expected } from "./expected.ts";
import { compare, wantNone, type Finding, type Role } from "./finding.ts";

/**
 * Decodes every image, names the broken and the unlisted ones, and those of 2011 that are greyscale.
 * `folder` is for files of the check's own.
 */
export async function verifyImages(
  role: Role,
  dataset: Dataset,
  {
    expected,
    folder,
    onProgress,
  }: { expected: Expected; folder: string; onProgress: (done: number, total: number) => void },
): Promise<Finding[]> {
  const { dataset: sound, broken } = await validateDataset(dataset, folder, onProgress);
  const findings = [
    wantNone(
      role,
      "broken images",
      broken.map(({ reason }) => reason),
      "Extract them again from the published archive",
    ),
    wantNone(
      role,
      "images in no list",
      unlisted(dataset),
      "None is used; remove them if they are none of yours",
      "note",
    ),
  ];
  return role === "unlabelled" ? [...findings, await greyscale(role, sound, expected.greyscaleIds)] : findings;
}

function unlisted(dataset: Dataset): string[] {
  const listed = new Set(dataset.samples.map(({ path }) => path));
  return readImageFolder(dataset.root).samples.flatMap(({ path }) => (listed.has(path) ? [] : [path]));
}

async function greyscale(role: Role, dataset: Dataset, expected: readonly string[] | undefined): Promise<Finding> {
  const ids = await pMap(
    dataset.samples,
    async (sample) => {
      const { channels } = await withImage(sampleFile(dataset, sample), ({ header }) => header);
      return channels < 3 ? [sample.id] : [];
    },
    { concurrency: 4 },
  );
  const found =
    ids
      .flat()
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .join(" ") || "none";
  const wanted = expected?.join(" ") ?? found;
  return compare(role, "greyscale images", { expected: wanted, found }, "They are read as RGB all the same", "note");
}
