import type { StoredShape } from "@fledge/runtime";

/** Sizes of a square-windowed max pooling. Layouts: x [N,IH,IW,C], out [N,OH,OW,C]; one stride and padding for both directions. */
export interface MaxPool2dShape extends StoredShape {
  readonly N: number;
  readonly IH: number;
  readonly IW: number;
  readonly C: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

/** Sizes of a global average pooling: x [N,H,W,C], out [N,C]; out is f32, whatever the storage of x. */
export interface GlobalAveragePoolShape extends StoredShape {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
}

/** OH and OW: `floor((size + 2 * padding - kernel) / stride) + 1`, as in torch.nn.MaxPool2d with ceil_mode off. */
export function maxPool2dOutputSize(shape: MaxPool2dShape): { readonly OH: number; readonly OW: number } {
  const along = (size: number): number => Math.floor((size + 2 * shape.padding - shape.kernel) / shape.stride) + 1;
  return { OH: along(shape.IH), OW: along(shape.IW) };
}

/** Contents of `struct Params` of every max pooling rung. */
export function maxPool2dParams(shape: MaxPool2dShape): Readonly<Record<string, number>> {
  const { N, IH, IW, C, kernel, stride, padding } = shape;
  return { N, IH, IW, C, kernel, stride, padding, ...maxPool2dOutputSize(shape) };
}

/** Elements of out. */
export function maxPool2dOutputs(shape: MaxPool2dShape): number {
  const { OH, OW } = maxPool2dOutputSize(shape);
  return shape.N * OH * OW * shape.C;
}

/** Elements of x. */
export const maxPool2dInputs = ({ N, IH, IW, C }: MaxPool2dShape): number => N * IH * IW * C;

/** Contents of `struct Params` of every average pooling rung. */
export const averageParams = ({ N, H, W, C }: GlobalAveragePoolShape): Readonly<Record<string, number>> => ({
  N,
  H,
  W,
  C,
});

/** Elements of out. */
export const averageOutputs = ({ N, C }: GlobalAveragePoolShape): number => N * C;

/** Elements of x. */
export const averageInputs = ({ N, H, W, C }: GlobalAveragePoolShape): number => N * H * W * C;

function checkSize(operator: string, name: string, value: number, minimum = 1): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new Error(`${operator}: ${name} is ${value}; it must be a whole number of at least ${minimum}`);
  }
}

/** Throws where a size is no whole number in range, the padding is above half the kernel (as PyTorch does), or nothing is left. */
export function checkMaxPool2d(shape: MaxPool2dShape): void {
  const operator = "max-pool2d";
  const { N, IH, IW, C, kernel, stride, padding } = shape;
  for (const [name, value] of Object.entries({ N, IH, IW, C, kernel, stride })) checkSize(operator, name, value);
  checkSize(operator, "padding", padding, 0);
  if (padding > kernel / 2) {
    throw new Error(
      `${operator}: padding ${padding} is above half of kernel ${kernel}; lower it, or a window could lie outside`,
    );
  }
  const { OH, OW } = maxPool2dOutputSize(shape);
  if (OH < 1)
    throw new Error(
      `${operator}: kernel ${kernel} exceeds the padded height ${IH + 2 * padding}; lower it or raise IH`,
    );
  if (OW < 1)
    throw new Error(`${operator}: kernel ${kernel} exceeds the padded width ${IW + 2 * padding}; lower it or raise IW`);
}

/** Throws where a size is no whole number of at least 1. */
export function checkGlobalAveragePool(shape: GlobalAveragePoolShape): void {
  const { N, H, W, C } = shape;
  for (const [name, value] of Object.entries({ N, H, W, C })) checkSize("global-average-pool", name, value);
}
