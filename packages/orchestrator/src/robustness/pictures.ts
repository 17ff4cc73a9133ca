import { encodeGrid, Loader, type RgbImage, type View } from "@fledge/data";
import type { RunDirectory } from "../run/run-directory.ts";
import type { Measuring, Picture } from "./family.ts";
import type { RobustnessRecord } from "./records.ts";

/** How many images the report shows of a case. */
export const shownImages = 6;

/** The first `count` images as a view shows them, as `evaluateView` shows them too. */
export async function renderFirst(
  { session, dataset }: Pick<Measuring, "session" | "dataset">,
  view: View,
  count: number,
): Promise<RgbImage[]> {
  const first = { ...dataset, samples: dataset.samples.slice(0, count) };
  const { robustness } = session.config;
  const options = { dataset: first, view, seed: robustness.seed, batchSize: count, shuffle: false, workers: 0 };
  const loader = new Loader({ ...options, cache: session.cache });
  const { value: batch } = await loader.epoch(0).next();
  await loader.close();
  if (!batch) return [];
  const { imageSize: side, images } = batch;
  const bytes = side * side * 3;
  return first.samples.map((_, row) => ({
    width: side,
    height: side,
    data: images.subarray(row * bytes, (row + 1) * bytes),
  }));
}

const png = (image: RgbImage): Promise<Buffer> => encodeGrid([image], { columns: 1, gap: 0 });

/** Writes a case's pictures below `robustness/` of the run, and says what each shows. */
export async function keepPictures(
  run: RunDirectory,
  dataset: Measuring["dataset"],
  { model, family, case: name }: Pick<RobustnessRecord, "model" | "family" | "case">,
  pictures: readonly Picture[],
): Promise<NonNullable<RobustnessRecord["shown"]>> {
  const shown: NonNullable<RobustnessRecord["shown"]> = [];
  for (const { place, image, taken, change } of pictures) {
    const file = `robustness/${model}/${family}/${name}/${place}.png`;
    await run.write(file, await png(image));
    const sample = dataset.samples[place]!;
    const about = { image: sample.path, label: dataset.classes[sample.label]!, taken: dataset.classes[taken]! };
    const further = Object.entries(change ?? {}).map(
      ([what, picture]) => [what, file.replace(/\.png$/, `-${what}.png`), picture] as const,
    );
    for (const [, name, picture] of further) await run.write(name, await png(picture));
    shown.push({ file, ...Object.fromEntries(further.map(([what, name]) => [what, name])), ...about });
  }
  return shown;
}
