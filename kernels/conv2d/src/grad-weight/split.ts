import { ceilDiv, linearWorkgroups, mainPass, type Constants, type Rung } from "@fledge/runtime";
import { asGemm, conv2dParams, type Conv2dShape } from "../shape.ts";

/** This direction as a matrix product: dWeight [gemmM,gemmN], summed over gemmK output pixels. */
export function gradWeightGemm(shape: Conv2dShape): ReturnType<typeof asGemm> {
  const forward = asGemm(shape);
  return { gemmM: forward.gemmK, gemmN: forward.gemmN, gemmK: forward.gemmM };
}

/** Enough workgroups to keep a device busy, and the fewest pixels that are worth a partial sum of their own. */
const busyWorkgroups = 256;
const leastSplitK = 256;

/** How many parts K is cut into, where one takes `workgroups`; it depends on the shape alone, so the bits repeat. */
function splitsOfK(shape: Conv2dShape, workgroups: number): number {
  return Math.min(ceilDiv(busyWorkgroups, workgroups), ceilDiv(gradWeightGemm(shape).gemmK, leastSplitK));
}

/** How a rung covers dWeight once. */
interface Cover {
  readonly tiles: (shape: Conv2dShape, constants: Constants) => number;
  /** Tiles that a workgroup takes. */
  readonly perWorkgroup: (constants: Constants) => number;
  /** Weights that an invocation of `total` adds up. */
  readonly width: 1 | 4;
}

/**
 * The parts of a rung that splits K: pass `main` sums each split over its tiles, pass `total` adds the splits in order.
 * With one split `main` writes dWeight itself, `total` does nothing, and `partials` is the least binding there is.
 */
export function splitOverK(cover: Cover): Required<Pick<Rung<Conv2dShape>, "params" | "scratch" | "passes">> {
  const { tiles, perWorkgroup, width } = cover;
  const splits = (shape: Conv2dShape, constants: Constants): number =>
    splitsOfK(shape, ceilDiv(tiles(shape, constants), perWorkgroup(constants)));
  return {
    params: (shape, constants) => ({ ...conv2dParams(shape), splits: splits(shape, constants) }),
    scratch: (shape, constants) => {
      const count = splits(shape, constants);
      const { KH, KW, IC, OC } = shape;
      return { partials: { shape: count === 1 ? [width] : [count, KH, KW, IC, OC], dtype: "f32" } };
    },
    passes: [
      ...mainPass<Conv2dShape>((shape, constants) =>
        linearWorkgroups(tiles(shape, constants) * splits(shape, constants), perWorkgroup(constants)),
      ),
      {
        entryPoint: "total",
        workgroups: (shape, constants) => {
          if (splits(shape, constants) === 1) return [1, 1, 1];
          const { gemmM, gemmN } = gradWeightGemm(shape);
          return linearWorkgroups((gemmM * gemmN) / width, constants["WORKGROUP"]!);
        },
      },
    ],
  };
}
