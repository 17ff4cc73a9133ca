import { jpegCompression } from "./digital/jpeg/jpeg-compression.ts";
import type { Streams } from "./draw/streams.ts";
import { formulas } from "./formulas.ts";
import { benchmarkCorruptions, extraCorruptions, severities, type Corruption } from "./kinds.ts";
import { checkImage, checkSquare, type RgbImage } from "./raster/raster.ts";
import { quantisationTables } from "./digital/jpeg/tables.ts";

const imageNetC = 85;
const squareOnly: ReadonlySet<string> = new Set(["zoom_blur", "snow", "elastic_transform"]);

/** Throws a RangeError, naming what is wrong, unless there is such a corruption, severity and JPEG quality. */
export function checkCorruption({ kind, severity, savedAsJpeg }: Corruption): void {
  if (!Object.hasOwn(formulas, kind)) {
    const known = [...benchmarkCorruptions, ...extraCorruptions].join(", ");
    throw new RangeError(`corruption: there is no kind "${kind}"; there is ${known}`);
  }
  if (!severities.some((known) => known === severity)) {
    throw new RangeError(`corruption ${kind}: the severity must be 1, 2, 3, 4 or 5, got ${severity}`);
  }
  if (savedAsJpeg !== undefined && savedAsJpeg !== null) quantisationTables(savedAsJpeg);
}

/**
 * The image as ImageNet-C corrupts it at a severity of 1 to 5, and saves it (`savedAsJpeg`). The draws come from the
 * stream of the corruption and its severity, so that neither the size of another image nor the order changes them.
 * Throws a RangeError at an unknown corruption, severity or quality, and where `kind` needs a square image.
 */
export function corrupt(image: RgbImage, corruption: Corruption, streams: Streams): RgbImage {
  checkCorruption(corruption);
  const { kind, severity, savedAsJpeg = imageNetC } = corruption;
  checkImage(kind, image);
  if (squareOnly.has(kind)) checkSquare(kind, image);
  const corrupted = formulas[kind][severity - 1]!(image, streams(`corruption ${kind}`, severity));
  return savedAsJpeg === null ? corrupted : jpegCompression(corrupted, { quality: savedAsJpeg });
}
