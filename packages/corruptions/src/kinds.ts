/** The corruptions of ImageNet-C's benchmark, in the order of its tables. */
export const benchmarkCorruptions = [
  "gaussian_noise",
  "shot_noise",
  "impulse_noise",
  "defocus_blur",
  "glass_blur",
  "motion_blur",
  "zoom_blur",
  "snow",
  "frost",
  "fog",
  "brightness",
  "contrast",
  "elastic_transform",
  "pixelate",
  "jpeg_compression",
] as const;

/** Those that ImageNet-C holds back for validation: to tune on them spoils no result on the others. */
export const extraCorruptions = ["speckle_noise", "gaussian_blur", "spatter", "saturate"] as const;

export type CorruptionKind = (typeof benchmarkCorruptions)[number] | (typeof extraCorruptions)[number];

export const severities = [1, 2, 3, 4, 5] as const;

/** A corruption to be applied; plain data, so that it can cross to a worker thread. */
export interface Corruption {
  readonly kind: CorruptionKind;
  /** 1 to 5. */
  readonly severity: number;
  /**
   * The quality of the JPEG that the corrupted image is saved as, or null for none: 85 unless given, as the images that
   * ImageNet-C publishes were saved, so that every model measured on them saw that JPEG too.
   */
  readonly savedAsJpeg?: number | null;
}
