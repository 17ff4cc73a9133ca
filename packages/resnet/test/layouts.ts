/** NCHW to NHWC. */
export function nhwc(
  data: Float32Array,
  shape: readonly number[],
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  const [N, C, H, W] = shape as [number, number, number, number];
  const result = new Float32Array(data.length);
  let at = 0;
  for (let n = 0; n < N; n++)
    for (let h = 0; h < H; h++)
      for (let w = 0; w < W; w++) for (let c = 0; c < C; c++) result[at++] = data[((n * C + c) * H + h) * W + w]!;
  return { shape: [N, H, W, C], data: result };
}
