import {
  affineJob,
  blendJob,
  factorProducts,
  mapJob,
  rectangleJob,
  shearJob,
  tablesJob,
  type Placed,
} from "@fledge/augment";
import type { PixelOperation } from "@fledge/data";

/** The kernels that do operations, in the order in which they run: tables are made before values go through them. */
export const kernelNames = [
  "valueTables",
  "mapValues",
  "blend",
  "affineNearest",
  "shearBicubic",
  "paintRectangle",
] as const;
export type KernelName = (typeof kernelNames)[number];

/** What the kernels want for one operation of one image. */
interface OperationJobs {
  readonly jobs: Partial<Record<KernelName, Uint32Array>>;
  /** u8[3,256]: the tables of `mapValues`, where the host knows them. */
  readonly table?: Uint8Array;
  /** f32[256] */
  readonly products?: Float32Array;
}

/** Why an operation has no kernel here. */
const bilinear =
  "an affine transform with bilinear interpolation has no kernel: set randAugment.interpolation to nearest, or loader.augmentOn to cpu";

/**
 * The jobs of an operation. @param list what they refer to is added to it
 * @throws RangeError where the device cannot do it
 */
export function operationJobs(operation: PixelOperation, placed: Placed, list: number[]): OperationJobs {
  switch (operation.kind) {
    case "identity":
      return { jobs: { paintRectangle: rectangleJob(placed, { left: 0, top: 0, right: 0, bottom: 0 }, [0, 0, 0]) } };
    case "map": {
      const table = new Uint8Array(768);
      for (const channel of [0, 256, 512]) table.set(operation.table, channel);
      return { jobs: { mapValues: mapJob(placed) }, table };
    }
    case "auto-contrast":
    case "equalize":
      return { jobs: { valueTables: tablesJob(operation.kind, placed), mapValues: mapJob(placed) } };
    case "contrast":
      return {
        jobs: { valueTables: tablesJob("contrast", placed), mapValues: mapJob(placed) },
        products: factorProducts(operation.factor),
      };
    case "color":
    case "sharpness":
      return { jobs: { blend: blendJob(operation.kind, placed) }, products: factorProducts(operation.factor) };
    case "affine":
      if (operation.interpolation !== "nearest") throw new RangeError(bilinear);
      return { jobs: { affineNearest: affineJob(placed, operation.matrix, operation.fill, list) } };
    case "shear-x-bicubic":
      return { jobs: { shearBicubic: shearJob(placed, "x", operation.shear, operation.fill) } };
    case "shear-y-bicubic":
      return { jobs: { shearBicubic: shearJob(placed, "y", operation.shear, operation.fill) } };
    case "rectangle":
      return { jobs: { paintRectangle: rectangleJob(placed, operation.rectangle, operation.colour) } };
  }
}
