import { outputSize, type Conv2dShape } from "./shape.ts";

type Numbers = Float32Array | Float64Array;

/**
 * Calls `visit` for each meeting of an output pixel with a tap inside the image, with the offsets of its first channels
 * in x [N,IH,IW,IC], weight [KH,KW,IC,OC] and out [N,OH,OW,OC].
 */
function forEachTap(shape: Conv2dShape, visit: (xAt: number, weightAt: number, outAt: number) => void): void {
  const { N, IH, IW, IC, OC, KH, KW, stride, padding } = shape;
  const { OH, OW } = outputSize(shape);
  for (let n = 0; n < N; n++) {
    for (let oh = 0; oh < OH; oh++) {
      for (let ow = 0; ow < OW; ow++) {
        for (let kh = 0; kh < KH; kh++) {
          for (let kw = 0; kw < KW; kw++) {
            const ih = oh * stride + kh - padding;
            const iw = ow * stride + kw - padding;
            if (ih < 0 || ih >= IH || iw < 0 || iw >= IW) continue;
            visit(((n * IH + ih) * IW + iw) * IC, (kh * KW + kw) * IC * OC, ((n * OH + oh) * OW + ow) * OC);
          }
        }
      }
    }
  }
}

/** out [N,OH,OW,OC] in float64: torch.nn.functional.conv2d(x, weight, stride=stride, padding=padding). */
export function conv2dForwardReference(shape: Conv2dShape, x: Numbers, weight: Numbers): Float64Array {
  const { N, IC, OC } = shape;
  const { OH, OW } = outputSize(shape);
  const out = new Float64Array(N * OH * OW * OC);
  forEachTap(shape, (xAt, weightAt, outAt) => {
    for (let ic = 0; ic < IC; ic++)
      for (let oc = 0; oc < OC; oc++) out[outAt + oc]! += x[xAt + ic]! * weight[weightAt + ic * OC + oc]!;
  });
  return out;
}

/** dX [N,IH,IW,IC] in float64: the gradient of sum(out * dOut) with respect to x. */
export function conv2dGradInputReference(shape: Conv2dShape, dOut: Numbers, weight: Numbers): Float64Array {
  const { N, IH, IW, IC, OC } = shape;
  const dX = new Float64Array(N * IH * IW * IC);
  forEachTap(shape, (xAt, weightAt, outAt) => {
    for (let ic = 0; ic < IC; ic++)
      for (let oc = 0; oc < OC; oc++) dX[xAt + ic]! += dOut[outAt + oc]! * weight[weightAt + ic * OC + oc]!;
  });
  return dX;
}

/** dWeight [KH,KW,IC,OC] in float64: the gradient of sum(out * dOut) with respect to weight. */
export function conv2dGradWeightReference(shape: Conv2dShape, x: Numbers, dOut: Numbers): Float64Array {
  const { IC, OC, KH, KW } = shape;
  const dWeight = new Float64Array(KH * KW * IC * OC);
  forEachTap(shape, (xAt, weightAt, outAt) => {
    for (let ic = 0; ic < IC; ic++)
      for (let oc = 0; oc < OC; oc++) dWeight[weightAt + ic * OC + oc]! += x[xAt + ic]! * dOut[outAt + oc]!;
  });
  return dWeight;
}
