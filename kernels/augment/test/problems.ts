import type { TensorData } from "@fledge/testing";
import {
  affineJob,
  affineNearest,
  blend,
  blendJob,
  cropJob,
  cropResize,
  factorProducts,
  mapJob,
  mapValues,
  paintRectangle,
  rectangleJob,
  shearBicubic,
  shearJob,
  stretchScales,
  tablesJob,
  valueTables,
  type AffineMatrix,
  type BatchShape,
  type CropResizeShape,
  type ListShape,
  type Placed,
  type Resizing,
} from "../src/index.ts";
import {
  affineNearestReference,
  blendReference,
  cropResizeReference,
  mapValuesReference,
  paintRectangleReference,
  shearBicubicReference,
  valueTablesReference,
} from "../src/reference.ts";
import { batchOf, drawnBytes, jobsOf, placed, type Size } from "./batches.ts";

// The kernels with inputs, references and bounds: what the tests and the benchmark share. All results are bytes and equal.

type Tensors = Readonly<Record<string, TensorData>>;
type Uniform = () => number;

const equal = () => ({});
const bytesOf = (tensor: TensorData | undefined): Uint8Array => tensor as Uint8Array;

/** Products of a factor for each job, as different as ImageEnhance may be given. */
function productsOf({ N }: BatchShape): Float32Array<ArrayBuffer> {
  const products = new Float32Array(N * 256);
  const factors = [0.1, 1.9, 0, 1, -0.5, 0.49, 1.51, 250, -3.7, 0.73];
  for (let n = 0; n < N; n += 1) products.set(factorProducts(factors[n % factors.length]!), n * 256);
  return products;
}

export const mapProblem = (sizes: readonly Size[]) => ({
  kernel: mapValues,
  shape: batchOf(sizes),
  inputs: (shape: BatchShape, uniform: Uniform) => ({
    images: drawnBytes(shape.bytes, uniform),
    jobs: jobsOf(
      shape,
      placed(sizes).map((place, n) => mapJob(n % 3 === 2 ? { ...place, to: place.from } : place)),
    ),
    tables: drawnBytes(shape.N * 768, uniform),
  }),
  reference: (_: BatchShape, { images, jobs, tables }: Tensors) => ({
    images: mapValuesReference(images!, jobs!, tables!),
  }),
  tolerance: equal,
});

export const tablesProblem = (kind: Parameters<typeof tablesJob>[0], sizes: readonly Size[]) => ({
  kernel: valueTables,
  shape: batchOf(sizes),
  inputs: (shape: BatchShape, uniform: Uniform) => ({
    images: drawnBytes(shape.bytes, uniform),
    jobs: jobsOf(
      shape,
      placed(sizes).map((place) => tablesJob(kind, place)),
    ),
    products: productsOf(shape),
    scales: stretchScales(),
    tables: drawnBytes(shape.N * 768, uniform),
  }),
  reference: (_: BatchShape, { images, jobs, products, tables }: Tensors) => ({
    tables: valueTablesReference(images!, jobs!, products!, tables!),
  }),
  tolerance: equal,
});

export const blendProblem = (kind: Parameters<typeof blendJob>[0], sizes: readonly Size[]) => ({
  kernel: blend,
  shape: batchOf(sizes),
  inputs: (shape: BatchShape, uniform: Uniform) => ({
    images: drawnBytes(shape.bytes, uniform),
    jobs: jobsOf(
      shape,
      placed(sizes).map((place) => blendJob(kind, place)),
    ),
    products: productsOf(shape),
  }),
  reference: (_: BatchShape, { images, jobs, products }: Tensors) => ({
    images: blendReference(images!, jobs!, products!),
  }),
  tolerance: equal,
});

const fills = [
  [128, 128, 128],
  [0, 0, 0],
  [255, 1, 77],
] as const;

export function affineProblem(matrixOf: (place: Placed, n: number) => AffineMatrix, sizes: readonly Size[]) {
  const list: number[] = [];
  const jobs = placed(sizes).map((place, n) => affineJob(place, matrixOf(place, n), fills[n % 3]!, list));
  return {
    kernel: affineNearest,
    shape: { ...batchOf(sizes), list: list.length },
    inputs: (shape: ListShape, uniform: Uniform) => ({
      images: drawnBytes(shape.bytes, uniform),
      jobs: jobsOf(shape, jobs),
      list: Int32Array.from(list),
    }),
    reference: (_: ListShape, { images, jobs: given, list: numbers }: Tensors) => ({
      images: affineNearestReference(images!, given!, numbers!),
    }),
    tolerance: equal,
  };
}

export const shearProblem = (axis: "x" | "y", shears: readonly number[], sizes: readonly Size[]) => ({
  kernel: shearBicubic,
  shape: batchOf(sizes),
  inputs: (shape: BatchShape, uniform: Uniform) => ({
    images: drawnBytes(shape.bytes, uniform),
    jobs: jobsOf(
      shape,
      placed(sizes).map((place, n) => shearJob(place, axis, shears[n % shears.length]!, fills[n % 3]!)),
    ),
  }),
  reference: (_: BatchShape, { images, jobs }: Tensors) => ({ images: shearBicubicReference(images!, jobs!) }),
  tolerance: equal,
});

export const rectangleProblem = (sizes: readonly Size[]) => ({
  kernel: paintRectangle,
  shape: batchOf(sizes),
  inputs: (shape: BatchShape, uniform: Uniform) => ({
    images: drawnBytes(shape.bytes, uniform),
    jobs: jobsOf(
      shape,
      placed(sizes).map((place, n) => {
        const [left, top] = [Math.floor(uniform() * place.width), Math.floor(uniform() * place.height)];
        const square = { left, top, right: left + 3 * n, bottom: top + 9 };
        return rectangleJob(n % 3 === 2 ? { ...place, to: place.from } : place, square, fills[n % 3]!);
      }),
    ),
  }),
  reference: (_: BatchShape, { images, jobs }: Tensors) => ({ images: paintRectangleReference(images!, jobs!) }),
  tolerance: equal,
});

export function cropProblem(
  { OH, OW }: Pick<CropResizeShape, "OH" | "OW">,
  resizingOf: (place: Placed, n: number) => Resizing,
  sizes: readonly Size[],
) {
  const list: number[] = [];
  const resultWords = () => Math.ceil((OH * OW) / 4) * 3;
  const jobs = placed(sizes, resultWords).map((place, n) => cropJob(place, resizingOf(place, n), n % 2 === 1, list));
  const rows = Math.max(...jobs.map((job) => job.rows));
  return {
    kernel: cropResize,
    shape: { ...batchOf(sizes, resultWords), list: list.length, OH, OW, rows },
    inputs: (shape: CropResizeShape, uniform: Uniform) => ({
      images: drawnBytes(shape.bytes, uniform),
      jobs: jobsOf(
        shape,
        jobs.map(({ job }) => job),
      ),
      list: Int32Array.from(list),
    }),
    reference: (shape: CropResizeShape, { images, jobs: given, list: numbers }: Tensors) => ({
      images: cropResizeReference(shape, bytesOf(images), given!, numbers!),
    }),
    tolerance: equal,
  };
}

/** A matrix about the middle of an image. */
export function turned({ width, height }: Pick<Placed, "width" | "height">, angleDeg: number): AffineMatrix {
  const [cos, sin] = [Math.cos((-angleDeg * Math.PI) / 180), Math.sin((-angleDeg * Math.PI) / 180)];
  const [x, y] = [width / 2, height / 2];
  return [cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y];
}

/** A part of an image, by shares of its sides. */
export function part(
  { width, height }: Pick<Placed, "width" | "height">,
  share: number,
  at: number,
): Resizing["region"] {
  const [w, h] = [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))];
  return { left: Math.floor((width - w) * at), top: Math.floor((height - h) * at), width: w, height: h };
}

/** The whole of a region, resized to OW x OH. */
export const whole = (region: Resizing["region"], { OH, OW }: Pick<CropResizeShape, "OH" | "OW">): Resizing => ({
  region,
  width: OW,
  height: OH,
  box: { left: 0, top: 0, width: OW, height: OH },
});
