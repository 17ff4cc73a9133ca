import type { ModelName } from "../run/records.ts";

/** Tables 2 and 3 of the paper (CUB-200 2010, 224 pixels, ResNet-50 from ImageNet weights), as shares of 1. */
export const published: Readonly<
  Record<
    "target" | "robustness",
    Readonly<Partial<Record<ModelName, { readonly validation?: number; readonly test: number }>>>
  >
> = {
  target: {
    teacher: { validation: 0.688, test: 0.64 },
    student: { validation: 0.813, test: 0.784 },
    "noisy-student": { test: 0.77 },
  },
  robustness: {
    teacher: { test: 0.52 },
    student: { test: 0.632 },
    "noisy-student": { validation: 0.721, test: 0.66 },
  },
};
