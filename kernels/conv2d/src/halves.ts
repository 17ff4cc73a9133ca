import { linearWorkgroups, roundedOperandsError, type Pass, type Rung, type TensorSpec } from "@fledge/runtime";
import { outputSize, type Conv2dShape } from "./shape.ts";

type Operand = "x" | "weight" | "dOut";

function sizesOf(shape: Conv2dShape, operand: Operand): readonly number[] {
  const { N, IH, IW, IC, OC, KH, KW } = shape;
  const { OH, OW } = outputSize(shape);
  return { x: [N, IH, IW, IC], weight: [KH, KW, IC, OC], dOut: [N, OH, OW, OC] }[operand];
}

const countOf = (shape: Conv2dShape, operand: Operand): number =>
  sizesOf(shape, operand).reduce((product, size) => product * size, 1);

/** Copies of two operands in f16, two elements to a word. */
export function halfScratch(shape: Conv2dShape, operands: readonly [Operand, Operand]): Record<string, TensorSpec> {
  return Object.fromEntries(
    operands.map((operand) => [`${operand}Half`, { shape: [countOf(shape, operand) / 2], dtype: "u32" }]),
  );
}

/** The pass that rounds both operands, four elements of each to an invocation. */
export const halvePass = (operands: readonly [Operand, Operand]): Pass<Conv2dShape> => ({
  entryPoint: "halve",
  workgroups: (shape, { WORKGROUP }) =>
    linearWorkgroups(Math.max(...operands.map((operand) => countOf(shape, operand))) / 4, WORKGROUP!),
});

/** `Rung.errorFactor` of sums of `gemmK(shape)` products of such operands. */
export const halvesError =
  (gemmK: (shape: Conv2dShape) => number): NonNullable<Rung<Conv2dShape>["errorFactor"]> =>
  (shape) =>
    roundedOperandsError(gemmK(shape));
