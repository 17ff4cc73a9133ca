import { splitProduct, type Cover } from "../split.ts";
import { asGemm, type Conv2dShape } from "../shape.ts";

/** This direction as a matrix product: dWeight [gemmM,gemmN], summed over gemmK output pixels. */
export function gradWeightGemm(shape: Conv2dShape): ReturnType<typeof asGemm> {
  const forward = asGemm(shape);
  return { gemmM: forward.gemmK, gemmN: forward.gemmN, gemmK: forward.gemmM };
}

/** The parts of a rung that splits K, the pixels of the batch. */
export const splitOverK = (cover: Cover): ReturnType<typeof splitProduct> =>
  splitProduct(
    { gemmK: (shape) => gradWeightGemm(shape).gemmK, result: ({ KH, KW, IC, OC }) => [KH, KW, IC, OC] },
    cover,
  );
