import { readFileSync } from "node:fs";
import { join } from "node:path";
import { whyNoFile, writeFileWhole } from "@fledge/files";
import pMap from "p-map";
import type { BrokenImage, Dataset, Sample } from "./dataset.ts";
import { z } from "zod";
import { sampleFile } from "./dataset.ts";
import { checkDecodes } from "./decode.ts";
import { DataError } from "./error.ts";
import { lookAt, reading, UnreadableError } from "./unreadable.ts";

/** What one validation found, as the manifest file holds it. */
interface Manifest {
  dataset: string;
  root: string;
  checked: number;
  broken: BrokenImage[];
  /** Every checked file's [size in bytes, modification time in ms]: an unchanged one is not decoded again. */
  files: Record<string, [sizeBytes: number, modifiedMs: number]>;
}

const manifestSchema = z.object({
  dataset: z.string(),
  root: z.string(),
  checked: z.int(),
  broken: z.array(z.object({ path: z.string(), reason: z.string() })),
  files: z.record(z.string(), z.tuple([z.number(), z.number()])),
});

/** How many images are decoded at once: as many as libuv's pool, in which sharp works, has threads. */
const threads = (): number => Math.max(1, Math.trunc(Number(process.env["UV_THREADPOOL_SIZE"])) || 4);

/**
 * Decodes every image once and sets the broken ones aside: the returned data set lacks them, and
 * `<directory>/<dataset name>.manifest.json` names each with its reason, after what the reader set aside. Files that have not changed since the last
 * manifest keep their finding, so a second validation takes milliseconds.
 * Throws DataError when an older manifest cannot be parsed, or an image file has vanished or may not be read.
 */
export async function validateDataset(
  dataset: Dataset,
  directory: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<{ dataset: Dataset; broken: BrokenImage[]; manifestFile: string }> {
  const manifestFile = join(directory, `${dataset.name.replaceAll("/", "-")}.manifest.json`);
  const old = readManifest(manifestFile, dataset.root);
  const reasons = new Map(old?.broken.map(({ path, reason }) => [path, reason]));
  const files: Manifest["files"] = {};

  let done = 0;
  const check = async (sample: Sample): Promise<void> => {
    const stamp = stampOf(sampleFile(dataset, sample));
    const known = old?.files[sample.path];
    if (known?.[0] !== stamp[0] || known[1] !== stamp[1]) {
      reasons.delete(sample.path);
      const reason = await faultOf(sampleFile(dataset, sample));
      if (reason !== undefined) reasons.set(sample.path, reason);
    }
    files[sample.path] = stamp;
    onProgress(++done, dataset.samples.length);
  };
  await pMap(dataset.samples, check, { concurrency: threads() });

  const undecodable = dataset.samples.flatMap(({ path }) => {
    const reason = reasons.get(path);
    return reason === undefined ? [] : [{ path, reason }];
  });
  const broken = [...(dataset.setAside ?? []), ...undecodable];
  const samples = dataset.samples.filter(({ path }) => !reasons.has(path));
  const manifest: Manifest = { dataset: dataset.name, root: dataset.root, checked: done, broken, files };
  await writeFileWhole(manifestFile, `${JSON.stringify(manifest, undefined, 1)}\n`);
  return { dataset: { ...dataset, samples }, broken, manifestFile };
}

function stampOf(file: string): [number, number] {
  const stat = lookAt(file);
  if (stat === undefined) throw new DataError({ file }, "this image has vanished", "Extract the images again");
  return [stat.size, stat.mtimeMs];
}

async function faultOf(file: string): Promise<string | undefined> {
  try {
    await checkDecodes(file);
    return undefined;
  } catch (error) {
    if (error instanceof DataError && !(error instanceof UnreadableError)) return error.message;
    throw error;
  }
}

/** The manifest left by an earlier validation of the same folder, if any. */
function readManifest(file: string, root: string): Manifest | undefined {
  if (!lookAt(file)) return undefined;
  const wrong = whyNoFile(file);
  if (wrong !== null) throw new DataError({ file }, wrong, "Remove it; the next run writes a manifest in its place");
  const text = reading(file, () => readFileSync(file, "utf8"));
  try {
    const manifest: Manifest = manifestSchema.parse(JSON.parse(text));
    return manifest.root === root ? manifest : undefined;
  } catch (error) {
    const problem = error instanceof z.ZodError ? "this manifest is damaged" : "this manifest is not valid JSON";
    throw new DataError({ file }, problem, "Delete it; the next run writes it anew", error);
  }
}
