import { ladderTests } from "@fledge/testing";
import type { GlobalAveragePoolShape, MaxPool2dShape } from "../src/index.ts";
import { averageBackward, averageForward, maxBackward, maxForward } from "./problems.ts";

const stem = { kernel: 3, stride: 2, padding: 1 };
const windows: Record<string, MaxPool2dShape> = {
  "maxpool at 224 px, batch 1": { N: 1, IH: 112, IW: 112, C: 64, ...stem },
  "maxpool at 64 px": { N: 4, IH: 32, IW: 32, C: 16, ...stem },
  "ragged, channels no multiple of 4": { N: 3, IH: 13, IW: 9, C: 5, ...stem },
  "ragged, channels in fours": { N: 2, IH: 9, IW: 14, C: 12, ...stem },
  "channels in runs, and a rest": { N: 2, IH: 6, IW: 7, C: 20, ...stem },
  "rows longer than a run, channels past a workgroup's": { N: 1, IH: 5, IW: 135, C: 36, ...stem },
  "stride above that of blocks": { N: 1, IH: 13, IW: 16, C: 4, kernel: 3, stride: 5, padding: 1 },
  "stride 1": { N: 2, IH: 7, IW: 8, C: 4, kernel: 3, stride: 1, padding: 1 },
  "stride above the kernel": { N: 2, IH: 11, IW: 12, C: 4, kernel: 2, stride: 3, padding: 0 },
  "kernel 1": { N: 1, IH: 3, IW: 5, C: 8, kernel: 1, stride: 1, padding: 0 },
  "even kernel, padding of half of it": { N: 2, IH: 6, IW: 5, C: 8, kernel: 4, stride: 2, padding: 2 },
  "padding reaching past a small image": { N: 2, IH: 1, IW: 2, C: 4, kernel: 5, stride: 1, padding: 2 },
  "one window over all": { N: 2, IH: 5, IW: 5, C: 3, kernel: 5, stride: 1, padding: 0 },
  "a grid folded into y": { N: 1, IH: 2049, IW: 2048, C: 1, kernel: 1, stride: 1, padding: 0 },
};

const images: Record<string, GlobalAveragePoolShape> = {
  "avgpool at 224 px": { N: 2, H: 7, W: 7, C: 2048 },
  "avgpool at 64 px": { N: 32, H: 2, W: 2, C: 512 },
  "ragged, channels no multiple of 4": { N: 3, H: 5, W: 13, C: 7 },
  "channels in runs, and a rest": { N: 3, H: 3, W: 4, C: 36 },
  "one pixel, batch 1": { N: 1, H: 1, W: 1, C: 10 },
  "many pixels": { N: 2, H: 224, W: 112, C: 4 },
};

const f16 = { storage: "f16" as const };
const storedWindows = {
  "f16, ragged, channels in fours": { ...windows["ragged, channels in fours"]!, ...f16 },
  "f16, ragged, channels no multiple of 4": { ...windows["ragged, channels no multiple of 4"]!, ...f16 },
};
const storedImages = {
  "f16, channels in runs, and a rest": { ...images["channels in runs, and a rest"]!, ...f16 },
  "f16, ragged, channels no multiple of 4": { ...images["ragged, channels no multiple of 4"]!, ...f16 },
};
ladderTests({ ...maxForward, cases: storedWindows });
ladderTests({ ...maxBackward, cases: storedWindows });
ladderTests({ ...averageForward, cases: storedImages });
ladderTests({ ...averageBackward, cases: storedImages });

ladderTests({ ...maxForward, cases: windows });
ladderTests({ ...maxBackward, cases: windows });
ladderTests({ ...averageForward, cases: images });
ladderTests({ ...averageBackward, cases: { ...images, "a grid folded into y": { N: 2, H: 1449, W: 1449, C: 1 } } });
