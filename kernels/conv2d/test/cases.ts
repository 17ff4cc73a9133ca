import type { Conv2dShape } from "../src/index.ts";

type Pair = readonly [height: number, width: number];
type Sizes = Omit<Conv2dShape, "IH" | "IW" | "KH" | "KW"> & { readonly I: Pair; readonly K: Pair };

const conv = ({ I: [IH, IW], K: [KH, KW], ...rest }: Sizes): Conv2dShape => ({ ...rest, IH, IW, KH, KW });

/**
 * What every rung must get right. Names of ResNet-50 layers have those layers' kernel, stride, padding and ratio of
 * channels, with fewer channels and images so that the float64 reference stays quick.
 */
export const cases: Readonly<Record<string, Conv2dShape>> = {
  conv1: conv({ N: 2, I: [20, 20], IC: 3, OC: 16, K: [7, 7], stride: 2, padding: 3 }),
  "layer1.0.conv1": conv({ N: 2, I: [9, 9], IC: 16, OC: 16, K: [1, 1], stride: 1, padding: 0 }),
  "layer1.0.conv2": conv({ N: 2, I: [9, 9], IC: 16, OC: 16, K: [3, 3], stride: 1, padding: 1 }),
  "layer1.0.conv3": conv({ N: 2, I: [9, 9], IC: 16, OC: 64, K: [1, 1], stride: 1, padding: 0 }),
  "layer2.0.conv2": conv({ N: 2, I: [14, 14], IC: 32, OC: 32, K: [3, 3], stride: 2, padding: 1 }),
  "layer2.0.downsample.0": conv({ N: 2, I: [14, 14], IC: 64, OC: 128, K: [1, 1], stride: 2, padding: 0 }),
  "layer4.2.conv1": conv({ N: 2, I: [2, 2], IC: 512, OC: 128, K: [1, 1], stride: 1, padding: 0 }),
  "layer4.2.conv2": conv({ N: 3, I: [2, 2], IC: 128, OC: 128, K: [3, 3], stride: 1, padding: 1 }),
  "batch 1": conv({ N: 1, I: [7, 7], IC: 8, OC: 8, K: [3, 3], stride: 1, padding: 1 }),
  "ragged sizes": conv({ N: 3, I: [13, 11], IC: 20, OC: 36, K: [3, 3], stride: 1, padding: 1 }),
  "stride 2 on odd sizes": conv({ N: 2, I: [11, 8], IC: 12, OC: 20, K: [3, 3], stride: 2, padding: 1 }),
  "stride 3": conv({ N: 2, I: [13, 10], IC: 8, OC: 12, K: [3, 3], stride: 3, padding: 1 }),
  "stride beyond the kernel": conv({ N: 2, I: [10, 11], IC: 8, OC: 4, K: [2, 2], stride: 4, padding: 0 }),
  "stride 3, padding 4, kernel 5x4": conv({ N: 1, I: [9, 8], IC: 4, OC: 8, K: [5, 4], stride: 3, padding: 4 }),
  "kernel 1x5": conv({ N: 2, I: [6, 17], IC: 8, OC: 8, K: [1, 5], stride: 1, padding: 2 }),
  "kernel 4x2": conv({ N: 2, I: [9, 5], IC: 4, OC: 12, K: [4, 2], stride: 1, padding: 1 }),
  "image of one line": conv({ N: 2, I: [1, 23], IC: 8, OC: 16, K: [3, 3], stride: 1, padding: 1 }),
  "image of one column": conv({ N: 2, I: [23, 1], IC: 4, OC: 4, K: [3, 1], stride: 2, padding: 0 }),
  "image of one pixel": conv({ N: 5, I: [1, 1], IC: 8, OC: 12, K: [1, 1], stride: 1, padding: 0 }),
  "kernel beyond the image": conv({ N: 2, I: [2, 3], IC: 4, OC: 8, K: [5, 5], stride: 1, padding: 2 }),
  "padding beyond the kernel": conv({ N: 1, I: [3, 3], IC: 4, OC: 4, K: [1, 1], stride: 1, padding: 2 }),
  "1 channel": conv({ N: 2, I: [9, 9], IC: 1, OC: 1, K: [3, 3], stride: 1, padding: 1 }),
  "3 to 5 channels": conv({ N: 2, I: [9, 9], IC: 3, OC: 5, K: [3, 3], stride: 2, padding: 1 }),
  "5 to 3 channels": conv({ N: 2, I: [8, 7], IC: 5, OC: 3, K: [3, 3], stride: 1, padding: 1 }),
  "5 to 8 channels": conv({ N: 2, I: [8, 7], IC: 5, OC: 8, K: [3, 3], stride: 1, padding: 1 }),
  "8 to 6 channels": conv({ N: 2, I: [8, 7], IC: 8, OC: 6, K: [3, 3], stride: 1, padding: 1 }),
  "long K": conv({ N: 1, I: [2, 2], IC: 1200, OC: 12, K: [3, 3], stride: 1, padding: 1 }),
  "1x1, long K, ragged tiles": conv({ N: 1, I: [9, 10], IC: 516, OC: 68, K: [1, 1], stride: 1, padding: 0 }),
  "3x3, long K, ragged tiles": conv({ N: 1, I: [9, 10], IC: 68, OC: 36, K: [3, 3], stride: 1, padding: 1 }),
  "1x1, many rows, long K": conv({ N: 1, I: [17, 18], IC: 1540, OC: 68, K: [1, 1], stride: 1, padding: 0 }),
  "1x1, many rows, longer K": conv({ N: 1, I: [25, 27], IC: 1540, OC: 36, K: [1, 1], stride: 1, padding: 0 }),
  "1x1, many pixels": conv({ N: 3, I: [23, 23], IC: 20, OC: 36, K: [1, 1], stride: 1, padding: 0 }),
  "many pixels": conv({ N: 3, I: [37, 41], IC: 4, OC: 8, K: [3, 3], stride: 1, padding: 1 }),
};
