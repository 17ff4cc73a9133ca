import { inout, input, type Kernel, type KernelTensor } from "@fledge/runtime";
import * as affineLadder from "./affine-nearest/ladder.ts";
import * as blendLadder from "./blend/ladder.ts";
import * as cropLadder from "./crop-resize/ladder.ts";
import * as mapLadder from "./map-values/ladder.ts";
import * as rectangleLadder from "./paint-rectangle/ladder.ts";
import {
  selectAffineNearest,
  selectBlend,
  selectCropResize,
  selectMapValues,
  selectPaintRectangle,
  selectShearBicubic,
  selectValueTables,
} from "./select.ts";
import { batchFlops, checkBatch, jobsShape, type BatchShape, type CropResizeShape, type ListShape } from "./shape.ts";
import * as shearLadder from "./shear-bicubic/ladder.ts";
import * as tablesLadder from "./value-tables/ladder.ts";

export { imageWords, JOB_WORDS, type Placed } from "./job.ts";
export * from "./jobs.ts";
export { MAX_PIXELS, type BatchShape, type CropResizeShape, type ListShape } from "./shape.ts";

// All kernels here work on a batch of images of any sizes that lie in one buffer: `images` u8[bytes], RGB without padding,
// each from a 32-bit word on and in whole groups of four pixels. `jobs` u32[N,12] says of each where it lies, where the
// result goes, and what is done; those of kind 0 are left alone. A result must not lie over its input unless it is the same
// place, and only `mapValues` and `paintRectangle` may write there.

const batch = (shape: BatchShape): Readonly<Record<"images" | "jobs", KernelTensor>> => ({
  images: inout([shape.bytes], "u8"),
  jobs: input(jobsShape(shape), "u32"),
});

/** Every value through a table of its channel. Tensors: images inout; jobs (`mapJob`), tables u8[N,3,256] in. */
export const mapValues: Kernel<BatchShape> = {
  ...mapLadder.ladder,
  check: checkBatch,
  tensors: (shape) => ({ ...batch(shape), tables: input([shape.N, 3, 256], "u8") }),
  flops: batchFlops,
  select: selectMapValues,
};

/**
 * The tables of ImageOps.autocontrast, ImageOps.equalize and ImageEnhance.Contrast, from the images' own values.
 * Tensors: images, jobs (`tablesJob`), products f32[N,256] (`factorProducts`, of contrast), scales u32[256,2]
 * (`stretchScales`) in; tables u8[N,3,256] inout: rows of jobs of kind 0 stay.
 */
export const valueTables: Kernel<BatchShape> = {
  ...tablesLadder.ladder,
  check: checkBatch,
  tensors: (shape) => ({
    images: input([shape.bytes], "u8"),
    jobs: input(jobsShape(shape), "u32"),
    products: input([shape.N, 256]),
    scales: input([256, 2], "u32"),
    tables: inout([shape.N, 3, 256], "u8"),
  }),
  flops: batchFlops,
  select: selectValueTables,
};

/**
 * ImageEnhance.Color and Sharpness. Tensors: images inout; jobs (`blendJob`), products f32[N,256] (`factorProducts`) in.
 */
export const blend: Kernel<BatchShape> = {
  ...blendLadder.ladder,
  check: checkBatch,
  tensors: (shape) => ({ ...batch(shape), products: input([shape.N, 256]) }),
  flops: batchFlops,
  select: selectBlend,
};

/** Image.transform with AFFINE and NEAREST, Image.rotate. Tensors: images inout; jobs and list i32[list] (`affineJob`) in. */
export const affineNearest: Kernel<ListShape> = {
  ...affineLadder.ladder,
  check: checkBatch,
  tensors: (shape) => ({ ...batch(shape), list: input([shape.list], "i32") }),
  flops: batchFlops,
  select: selectAffineNearest,
};

/** Shears by Image.transform with AFFINE and BICUBIC. Tensors: images inout; jobs (`shearJob`) in. */
export const shearBicubic: Kernel<BatchShape> = {
  ...shearLadder.ladder,
  check: checkBatch,
  tensors: batch,
  flops: batchFlops,
  select: selectShearBicubic,
};

/** A rectangle of one colour. Tensors: images inout; jobs (`rectangleJob`) in. */
export const paintRectangle: Kernel<BatchShape> = {
  ...rectangleLadder.ladder,
  check: checkBatch,
  tensors: batch,
  flops: batchFlops,
  select: selectPaintRectangle,
};

/**
 * Image.crop and Image.resize with BILINEAR to images of OH x OW, mirrored where asked.
 * Tensors: images inout; jobs and list i32[list] (`cropJob`) in.
 */
export const cropResize: Kernel<CropResizeShape> = {
  ...cropLadder.ladder,
  check: checkBatch,
  tensors: (shape) => ({ ...batch(shape), list: input([shape.list], "i32") }),
  flops: batchFlops,
  select: selectCropResize,
};
