import { maxPool2dOutputs, maxPool2dOutputSize, type GlobalAveragePoolShape, type MaxPool2dShape } from "./shape.ts";

/**
 * torch.nn.functional.max_pool2d. `argmax` holds the winner's place in its window, row-major (kh * kernel + kw): the
 * first of equal values, or the last NaN where there is one, as in PyTorch. Padding never wins.
 */
export function maxPool2dForwardReference(
  shape: MaxPool2dShape,
  x: ArrayLike<number>,
): { out: Float64Array; argmax: Float64Array } {
  const { N, IH, IW, C, kernel, stride, padding } = shape;
  const { OH, OW } = maxPool2dOutputSize(shape);
  const out = new Float64Array(maxPool2dOutputs(shape));
  const argmax = new Float64Array(out.length);
  let index = 0;
  for (let n = 0; n < N; n++)
    for (let oh = 0; oh < OH; oh++)
      for (let ow = 0; ow < OW; ow++)
        for (let c = 0; c < C; c++, index++) {
          let best = -Infinity;
          let place = -1;
          for (let kh = 0; kh < kernel; kh++)
            for (let kw = 0; kw < kernel; kw++) {
              const ih = oh * stride + kh - padding;
              const iw = ow * stride + kw - padding;
              if (ih < 0 || ih >= IH || iw < 0 || iw >= IW) continue;
              const value = x[((n * IH + ih) * IW + iw) * C + c];
              if (place < 0 || value > best || Number.isNaN(value)) {
                best = value;
                place = kh * kernel + kw;
              }
            }
          out[index] = best;
          argmax[index] = place;
        }
  return { out, argmax };
}

/** The gradient of `maxPool2dForwardReference`: each dOut goes to the pixel that won its window. Returns dX [N,IH,IW,C]. */
export function maxPool2dBackwardReference(
  shape: MaxPool2dShape,
  argmax: ArrayLike<number>,
  dOut: ArrayLike<number>,
): Float64Array {
  const { N, IH, IW, C, kernel, stride, padding } = shape;
  const { OH, OW } = maxPool2dOutputSize(shape);
  const dX = new Float64Array(N * IH * IW * C);
  let index = 0;
  for (let n = 0; n < N; n++)
    for (let oh = 0; oh < OH; oh++)
      for (let ow = 0; ow < OW; ow++)
        for (let c = 0; c < C; c++, index++) {
          const ih = oh * stride + Math.floor(argmax[index] / kernel) - padding;
          const iw = ow * stride + (argmax[index] % kernel) - padding;
          dX[((n * IH + ih) * IW + iw) * C + c] += dOut[index];
        }
  return dX;
}

/** The mean over all pixels of each channel: x [N,H,W,C] to out [N,C]. torch.nn.AdaptiveAvgPool2d(1). */
export function globalAveragePoolForwardReference(
  { N, H, W, C }: GlobalAveragePoolShape,
  x: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(N * C);
  for (let n = 0; n < N; n++)
    for (let pixel = 0; pixel < H * W; pixel++)
      for (let c = 0; c < C; c++) out[n * C + c] += x[(n * H * W + pixel) * C + c];
  return out.map((sum) => sum / (H * W));
}

/** The gradient of `globalAveragePoolForwardReference`: dOut [N,C] spread evenly over dX [N,H,W,C]. */
export function globalAveragePoolBackwardReference(
  { N, H, W, C }: GlobalAveragePoolShape,
  dOut: ArrayLike<number>,
): Float64Array {
  const dX = new Float64Array(N * H * W * C);
  for (let n = 0; n < N; n++)
    for (let pixel = 0; pixel < H * W; pixel++)
      for (let c = 0; c < C; c++) dX[(n * H * W + pixel) * C + c] = dOut[n * C + c] / (H * W);
  return dX;
}
