import { random } from "@fledge/random";
import type { DropoutShape, DropPathShape, KeepMaskShape } from "./shape.ts";

/** The purpose of the streams that masks are drawn from; the kernels hold its FNV-1a hash as PURPOSE. */
const purpose = "network noise";

/**
 * keep [N,C], 0 or 1: example n keeps element c where u >= rate, u in [0,1) being the upper 24 bits of draw c of
 * `random(keys[n], "network noise", layer)`. With rate = 1 - s that is floor(s + u), as stochastic depth draws it.
 */
export function keepMaskReference({ N, C, rate, layer }: KeepMaskShape, keys: ArrayLike<number>): Float64Array {
  const keep = new Float64Array(N * C);
  for (let n = 0; n < N; n++) {
    const draw = random(keys[n], purpose, layer);
    for (let c = 0; c < C; c++) keep[n * C + c] = (draw.uint32() >>> 8) / 2 ** 24 >= rate ? 1 : 0;
  }
  return keep;
}

/** torch.nn.functional.dropout with a given mask: x / (1 - rate) where kept, else 0, whatever x is; also its own gradient. */
export function dropoutReference(
  { count, rate }: DropoutShape,
  x: ArrayLike<number>,
  keep: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = keep[i] && rate < 1 ? x[i] / (1 - rate) : 0;
  return out;
}

/** identity + branch / survival where the image's branch is kept, else identity; then ReLU, which keeps NaN. */
export function dropPathForwardReference(
  { N, size, survival, relu }: DropPathShape,
  identity: ArrayLike<number>,
  branch: ArrayLike<number>,
  keep: ArrayLike<number>,
): Float64Array {
  const out = new Float64Array(N * size);
  for (let i = 0; i < N * size; i++) {
    const kept = keep[Math.floor(i / size)] && survival > 0;
    const sum = kept ? identity[i] + branch[i] / survival : identity[i];
    out[i] = relu && sum < 0 ? 0 : sum;
  }
  return out;
}

/** Gradients of the forward pass; with ReLU from its result `out`: 0 where that is 0, and where it is NaN dOut passes. */
export function dropPathBackwardReference(
  { N, size, survival, relu }: DropPathShape,
  out: ArrayLike<number>,
  dOut: ArrayLike<number>,
  keep: ArrayLike<number>,
): { dIdentity: Float64Array; dBranch: Float64Array } {
  const [dIdentity, dBranch] = [new Float64Array(N * size), new Float64Array(N * size)];
  for (let i = 0; i < N * size; i++) {
    dIdentity[i] = relu && out[i] <= 0 ? 0 : dOut[i];
    dBranch[i] = keep[Math.floor(i / size)] && survival > 0 ? dIdentity[i] / survival : 0;
  }
  return { dIdentity, dBranch };
}
