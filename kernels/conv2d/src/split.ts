import { ceilDiv, linearWorkgroups, mainPass, type Constants, type Rung } from "@fledge/runtime";
import { conv2dParams, type Conv2dShape } from "./shape.ts";

/** A product whose sums along K may be split. */
interface Product {
  /** Terms of a sum: those of the longest where sums differ. */
  readonly gemmK: (shape: Conv2dShape) => number;
  /** The tensor that is written. */
  readonly result: (shape: Conv2dShape) => readonly number[];
}

/** How a rung covers the result once. */
export interface Cover {
  readonly tiles: (shape: Conv2dShape, constants: Constants) => number;
  /** Tiles that a workgroup takes. */
  readonly perWorkgroup: (constants: Constants) => number;
  /** Elements that an invocation of `total` adds up. */
  readonly width: 1 | 4;
  /** Workgroups that are enough, if not as many as keep any device busy. */
  readonly enough?: number;
}

/** Enough workgroups to keep a device busy, and the fewest terms that are worth a partial sum of their own. */
const busyWorkgroups = 256;
const leastSplitK = 256;

/**
 * The parts of a rung that splits K: pass `main` sums each split over its tiles, pass `total` adds the splits in order.
 * With one split `main` writes the result itself, `total` does nothing, and `partials` is the least binding there is.
 * How many there are depends on the shape and the constants alone, so the bits repeat. Where the rung has a constant
 * WHOLE, that alone says whether `main` writes the result: 1 is one split, without `total`.
 */
export function splitProduct(
  { gemmK, result }: Product,
  { tiles, perWorkgroup, width, enough = busyWorkgroups }: Cover,
): Required<Pick<Rung<Conv2dShape>, "params" | "scratch" | "passes">> {
  const splits = (shape: Conv2dShape, constants: Constants): number => {
    if (constants["WHOLE"] === 1) return 1;
    const workgroups = ceilDiv(tiles(shape, constants), perWorkgroup(constants));
    return Math.min(ceilDiv(enough, workgroups), ceilDiv(gemmK(shape), leastSplitK));
  };
  const direct = (shape: Conv2dShape, constants: Constants): boolean =>
    constants["WHOLE"] === undefined ? splits(shape, constants) === 1 : constants["WHOLE"] === 1;
  return {
    params: (shape, constants) => ({ ...conv2dParams(shape), splits: splits(shape, constants) }),
    scratch: (shape, constants) => {
      const size = direct(shape, constants) ? [width] : [splits(shape, constants), ...result(shape)];
      return { partials: { shape: size, dtype: "f32" } };
    },
    passes: [
      ...mainPass<Conv2dShape>((shape, constants) =>
        linearWorkgroups(tiles(shape, constants) * splits(shape, constants), perWorkgroup(constants)),
      ),
      {
        entryPoint: "total",
        workgroups: (shape, constants) => {
          if (constants["WHOLE"] === 1) return null;
          if (direct(shape, constants)) return [1, 1, 1];
          const size = result(shape).reduce((product, length) => product * length, 1);
          return linearWorkgroups(size / width, constants["WORKGROUP"]!);
        },
      },
    ],
  };
}
