import { conv2dForward, conv2dGradInput, conv2dGradWeight } from "@fledge/conv2d";

/** Rungs that round their operands to f16: they keep a bound of their own, which no case's tolerance for f32 allows for. */
export const halfRungs: ReadonlySet<string> = new Set(
  [conv2dForward, conv2dGradInput, conv2dGradWeight].flatMap(({ rungs }) =>
    rungs.filter(({ features }) => features?.includes("shader-f16")).map(({ id }) => id),
  ),
);

/** An operand is off by 2^-11 of itself and a product by twice that; terms that cancel leave the sum relatively less exact. */
export const halfTolerance = 2 ** -8;
