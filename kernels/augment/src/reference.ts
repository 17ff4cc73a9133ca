import { JOB_WORDS } from "./job.ts";

// What the kernels compute, as plain loops in float64 and integers: these define the operators. Pillow's arithmetic, which
// golden cases hold them to. Each gives the whole buffer of images after its jobs.

type Bytes = Readonly<ArrayLike<number>>;
type Words = Readonly<ArrayLike<number>>;
type Rgb = [number, number, number];

interface Job {
  readonly n: number;
  readonly kind: number;
  /** First byte. */
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
  /** Words after these. */
  readonly extra: readonly number[];
}

function jobsOf(jobs: Words): Job[] {
  const rows = Array.from({ length: jobs.length / JOB_WORDS }, (_, n) =>
    Array.from({ length: JOB_WORDS }, (_word, i) => jobs[n * JOB_WORDS + i]!),
  );
  return rows
    .map(([kind, from, to, width, height, ...extra], n) => {
      return { n, kind: kind!, from: 4 * from!, to: 4 * to!, width: width!, height: height!, extra };
    })
    .filter(({ kind }) => kind !== 0);
}

const wordToRgb = (word: number): Rgb => [word & 255, (word >> 8) & 255, (word >> 16) & 255];

/** The buffer in which each pixel of each job's result, in whole fours, is what `pixel` says. */
function drawn(
  images: Bytes,
  jobs: Words,
  pixel: (job: Job, index: number, at: (index: number) => Rgb) => Rgb,
  pixelsOf: (job: Job) => number = ({ width, height }) => width * height,
): Float64Array {
  const out = Float64Array.from(images);
  for (const job of jobsOf(jobs)) {
    const at = (index: number): Rgb => [0, 1, 2].map((c) => images[job.from + 3 * index + c]!) as Rgb;
    for (let index = 0; index < 4 * Math.ceil(pixelsOf(job) / 4); index += 1)
      out.set(pixel(job, index, at), job.to + 3 * index);
  }
  return out;
}

export const mapValuesReference = (images: Bytes, jobs: Words, tables: Bytes): Float64Array =>
  drawn(images, jobs, ({ n }, index, at) => at(index).map((v, c) => tables[n * 768 + c * 256 + v]!) as Rgb);

const clipped = (value: number): number => Math.trunc(Math.min(Math.max(value, 0), 255));

/** Image.blend of two bytes in float32: the product rounded, then the sum; `products` is `factorProducts`. */
const blended = (from: number, to: number, products: (d: number) => number): number =>
  clipped(Math.fround(from + Math.sign(to - from) * products(Math.abs(to - from))));

/** Image.convert("L"). */
const greyOf = ([red, green, blue]: Rgb): number => (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16;

/** The table of one channel by its counts; `mean` is of the whole image's luma. */
function tableOf(kind: number, counts: Words, mean: number, products: (d: number) => number): number[] {
  const values = Array.from({ length: 256 }, (_, v) => v);
  const used = values.filter((v) => counts[v]! > 0);
  const [low, high] = [used[0]!, used.at(-1)!];
  if (kind === 3) return values.map((v) => blended(mean, v, products));
  if (kind === 1) {
    if (low === high) return values;
    const scale = 255 / (high - low);
    const offset = -low * scale;
    return values.map((v) => clipped(v * scale + offset));
  }
  const pixels = used.reduce((sum, v) => sum + counts[v]!, 0);
  const step = Math.floor((pixels - counts[high]!) / 255);
  if (step === 0) return values;
  let below = Math.floor(step / 2);
  return values.map((v) => {
    const value = Math.min(Math.floor(below / step), 255);
    below += counts[v]!;
    return value;
  });
}

/** ImageOps.autocontrast and equalize, ImageEnhance.Contrast: the tables after the jobs. */
export function valueTablesReference(images: Bytes, jobs: Words, products: Words, tables: Bytes): Float64Array {
  const out = Float64Array.from(tables);
  for (const { n, kind, from, width, height } of jobsOf(jobs)) {
    const counts = [0, 1, 2].map(() => new Float64Array(256));
    let luma = 0;
    for (let i = from; i < from + 3 * width * height; i += 3) {
      const rgb = [images[i]!, images[i + 1]!, images[i + 2]!] satisfies Rgb;
      rgb.forEach((v, c) => (counts[c]![v]! += 1));
      luma += greyOf(rgb);
    }
    const mean = Math.trunc(luma / (width * height) + 0.5);
    counts.forEach((own, c) =>
      out.set(
        tableOf(kind, own, mean, (d) => products[n * 256 + d]!),
        n * 768 + c * 256,
      ),
    );
  }
  return out;
}

/** ImageFilter.SMOOTH of a pixel: (sum + 6.5) / 13 truncated, which Pillow's float32 sums come to; the outermost stay. */
function smoothed(index: number, { width, height }: Job, at: (index: number) => Rgb): Rgb {
  const [x, y] = [index % width, Math.floor(index / width)];
  if (x === 0 || y === 0 || x >= width - 1 || y >= height - 1) return at(index);
  const around = [-width, 0, width].flatMap((row) => [-1, 0, 1].map((column) => at(index + row + column)));
  return at(index).map((v, c) => Math.trunc((around.reduce((sum, rgb) => sum + rgb[c]!, 4 * v) + 6.5) / 13)) as Rgb;
}

/** ImageEnhance.Color and Sharpness. */
export const blendReference = (images: Bytes, jobs: Words, products: Words): Float64Array =>
  drawn(images, jobs, (job, index, at) => {
    const rgb = at(index);
    const grey = greyOf(rgb);
    const from = job.kind === 1 ? [grey, grey, grey] : smoothed(index, job, at);
    return rgb.map((v, c) => blended(from[c]!, v, (d) => products[job.n * 256 + d]!)) as Rgb;
  });

/** Image.transform with NEAREST. */
export const affineNearestReference = (images: Bytes, jobs: Words, list: Words): Float64Array =>
  drawn(images, jobs, ({ kind, width, height, extra: [fill, start] }, index, at) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    const [px, xx, xy, py, yx, yy] = Array.from({ length: 6 }, (_, i) => list[start! + i]!) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const column = kind === 1 ? list[start! + x]! : (px + x * xx + y * xy) >> 16;
    const row = kind === 1 ? list[start! + width + Math.min(y, height - 1)]! : (py + x * yx + y * yy) >> 16;
    const inside = column >= 0 && column < width && row >= 0 && row < height;
    return inside ? at(row * width + column) : wordToRgb(fill!);
  });

export const paintRectangleReference = (images: Bytes, jobs: Words): Float64Array =>
  drawn(images, jobs, ({ width, extra: [colour, left, top, right, bottom] }, index, at) => {
    const [x, y] = [index % width, Math.floor(index / width)];
    return x >= left! && x < right! && y >= top! && y < bottom! ? wordToRgb(colour!) : at(index);
  });

/** Keys' kernel with -1 (Pillow's resize has -0.5), t from `p1` to `p2`; summed in Pillow's order. */
const cubic = (p0: number, p1: number, p2: number, p3: number, t: number): number =>
  p1 + t * (p2 - p0 + t * (2 * (p0 - p1) + p2 - p3 + t * (p1 - p0 - p2 + p3)));

/** Image.transform of a shear with BICUBIC. */
export const shearBicubicReference = (images: Bytes, jobs: Words): Float64Array =>
  drawn(images, jobs, ({ kind, width, height, extra: [fill, low, high] }, index, at) => {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setUint32(0, low!, true);
    bits.setUint32(4, high!, true);
    const shear = bits.getFloat64(0, true);
    const [x, y] = [index % width, Math.floor(index / width)];
    const [along, across, size] = kind === 1 ? [x, y, width] : [y, x, height];
    const position = along + 0.5 + shear * (across + 0.5);
    if (!(position >= 0 && position < size)) return wordToRgb(fill!);
    const left = Math.floor(position - 0.5);
    const t = position - 0.5 - left;
    const line = [-1, 0, 1, 2].map((i) => {
      const place = Math.min(Math.max(left + i, 0), size - 1);
      return at(kind === 1 ? Math.min(y, height - 1) * width + place : place * width + x);
    }) as [Rgb, Rgb, Rgb, Rgb];
    return [0, 1, 2].map((c) => clipped(cubic(line[0][c]!, line[1][c]!, line[2][c]!, line[3][c]!, t))) as Rgb;
  });

/** Image.resize with BILINEAR of a region, mirrored where asked. */
export function cropResizeReference(
  { OH, OW }: { readonly OH: number; readonly OW: number },
  images: Bytes,
  jobs: Words,
  list: Words,
): Float64Array {
  /** The sum of bytes at an output position, rounded to a byte. */
  const resized = (taps: number, position: number, byteAt: (i: number) => number): number => {
    const at = taps + 1 + position * list[taps]!;
    let sum = 2 ** 21;
    for (let i = 0; i < list[at + 1]!; i += 1) sum += list[at + 2 + i]! * byteAt(list[at]! + i);
    return Math.floor(sum / 2 ** 22);
  };
  return drawn(
    images,
    jobs,
    ({ width, extra: [left, top, across, down, mirror] }, index, at) => {
      const y = Math.min(Math.floor(index / OW), OH - 1);
      const x = mirror === 1 ? OW - 1 - (index % OW) : index % OW;
      return [0, 1, 2].map((c) =>
        resized(down!, y, (row) => resized(across!, x, (column) => at((top! + row) * width + left! + column)[c]!)),
      ) as Rgb;
    },
    () => OH * OW,
  );
}
