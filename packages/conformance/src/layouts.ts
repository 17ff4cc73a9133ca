/** Activations of the cases are NCHW, ours NHWC; both ways by rank 4, other ranks as they are. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export function toNhwc({ shape, data }: Dense): Dense {
  if (shape.length !== 4) return { shape, data };
  const [N, C, H, W] = shape as [number, number, number, number];
  const moved = new Float32Array(data.length);
  let at = 0;
  for (let n = 0; n < N; n++) {
    for (let h = 0; h < H; h++) {
      for (let w = 0; w < W; w++) for (let c = 0; c < C; c++) moved[at++] = data[((n * C + c) * H + h) * W + w]!;
    }
  }
  return { shape: [N, H, W, C], data: moved };
}

export function toNchw({ shape, data }: Dense): Dense {
  if (shape.length !== 4) return { shape, data };
  const [N, H, W, C] = shape as [number, number, number, number];
  const moved = new Float32Array(data.length);
  let at = 0;
  for (let n = 0; n < N; n++) {
    for (let c = 0; c < C; c++) {
      for (let h = 0; h < H; h++) for (let w = 0; w < W; w++) moved[at++] = data[((n * H + h) * W + w) * C + c]!;
    }
  }
  return { shape: [N, C, H, W], data: moved };
}
