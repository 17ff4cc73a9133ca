import type { ReducedPrecision, StoredShape } from "@fledge/runtime";

/**
 * Sizes of one 2-D convolution without groups, dilation or bias.
 * Layouts: x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; stride and padding hold for both directions.
 */
export interface Conv2dShape extends StoredShape {
  readonly N: number;
  readonly IH: number;
  readonly IW: number;
  readonly IC: number;
  readonly OC: number;
  readonly KH: number;
  readonly KW: number;
  readonly stride: number;
  readonly padding: number;
  /** Absent: f32. Reduced, only rungs that round their operands to f16 are chosen, but for ragged channels. */
  readonly precision?: ReducedPrecision;
}

/** OH and OW: `floor((size + 2 * padding - kernel) / stride) + 1`, as in torch.nn.Conv2d. */
export function outputSize(shape: Conv2dShape): { readonly OH: number; readonly OW: number } {
  const { IH, IW, KH, KW, stride, padding } = shape;
  const along = (size: number, kernel: number): number => Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return { OH: along(IH, KH), OW: along(IW, KW) };
}

/** The forward pass as a matrix product: out [gemmM,gemmN] = A [gemmM,gemmK] times weight [gemmK,gemmN]. */
export function asGemm(shape: Conv2dShape): { readonly gemmM: number; readonly gemmN: number; readonly gemmK: number } {
  const { OH, OW } = outputSize(shape);
  return { gemmM: shape.N * OH * OW, gemmN: shape.OC, gemmK: shape.KH * shape.KW * shape.IC };
}

/** Operations of each of the three directions, a multiply-add counting two, taps on the padding included. */
export function conv2dFlops(shape: Conv2dShape): number {
  const { gemmM, gemmN, gemmK } = asGemm(shape);
  return 2 * gemmM * gemmN * gemmK;
}

const least: Omit<Conv2dShape, "precision" | "storage"> = {
  N: 1,
  IH: 1,
  IW: 1,
  IC: 1,
  OC: 1,
  KH: 1,
  KW: 1,
  stride: 1,
  padding: 0,
};

/** Throws where a size is no whole number in range, or where the kernel does not fit into the padded input. */
export function checkConv2dShape(shape: Conv2dShape): void {
  for (const [name, minimum] of Object.entries(least) as [keyof typeof least, number][]) {
    const value = shape[name];
    if (!Number.isInteger(value) || value < minimum) {
      throw new Error(`conv2d: ${name} is ${value}; it must be a whole number of at least ${minimum}`);
    }
  }
  const { OH, OW } = outputSize(shape);
  const { IH, IW, KH, KW, padding } = shape;
  const misfit = (kernel: string, side: string, input: "IH" | "IW"): Error =>
    new Error(`conv2d: ${kernel} exceeds the padded ${side}; raise ${input} or padding, or use a smaller kernel`);
  if (OH < 1) throw misfit(`KH ${KH}`, `height ${IH + 2 * padding}`, "IH");
  if (OW < 1) throw misfit(`KW ${KW}`, `width ${IW + 2 * padding}`, "IW");
}

/** Contents of `struct Params`, the same in every rung. */
export function conv2dParams({
  precision: _precision,
  storage: _storage,
  ...sizes
}: Conv2dShape): Readonly<Record<string, number>> {
  return { ...sizes, ...outputSize(sizes) };
}
