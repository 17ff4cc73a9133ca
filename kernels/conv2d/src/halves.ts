import {
  linearWorkgroups,
  roundedOperandsError,
  type Constants,
  type Pass,
  type Rung,
  type TensorSpec,
} from "@fledge/runtime";
import { outputSize, type Conv2dShape } from "./shape.ts";

type Operand = "x" | "weight" | "dOut";

function sizesOf(shape: Conv2dShape, operand: Operand): readonly number[] {
  const { N, IH, IW, IC, OC, KH, KW } = shape;
  const { OH, OW } = outputSize(shape);
  return { x: [N, IH, IW, IC], weight: [KH, KW, IC, OC], dOut: [N, OH, OW, OC] }[operand];
}

const countOf = (shape: Conv2dShape, operand: Operand): number =>
  sizesOf(shape, operand).reduce((product, size) => product * size, 1);

/** Whether an operand lies in memory as f16 already: an activation of a shape that stores them so. */
const isStored = ({ storage }: Conv2dShape, operand: Operand): boolean => storage === "f16" && operand !== "weight";

/** `COPIES` of these rungs: activations that are stored as f16 are read where they lie. */
export const copies = ({ storage }: Conv2dShape): Constants => (storage === "f16" ? { COPIES: 0 } : {});

/** Copies of operands in f16, two elements to a word; one word in place of a copy that is not made. */
export function halfScratch(shape: Conv2dShape, operands: readonly Operand[]): Record<string, TensorSpec> {
  return Object.fromEntries(
    operands.map((operand) => {
      const words = isStored(shape, operand) ? 1 : countOf(shape, operand) / 2;
      return [`${operand}Half`, { shape: [words], dtype: "u32" }];
    }),
  );
}

/** The pass that rounds operands, but those stored as f16, four elements of each to an invocation. */
export const halvePass = (operands: readonly Operand[]): Pass<Conv2dShape> => ({
  entryPoint: "halve",
  workgroups: (shape, { WORKGROUP }) => {
    const rounded = operands.filter((one) => !isStored(shape, one)).map((one) => countOf(shape, one));
    return rounded.length === 0 ? null : linearWorkgroups(Math.max(...rounded) / 4, WORKGROUP!);
  },
});

/** `Rung.errorFactor` of sums of `gemmK(shape)` products of such operands. */
export const halvesError =
  (gemmK: (shape: Conv2dShape) => number): NonNullable<Rung<Conv2dShape>["errorFactor"]> =>
  (shape) =>
    roundedOperandsError(gemmK(shape));
