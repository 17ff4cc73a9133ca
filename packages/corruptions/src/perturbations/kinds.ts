/** The perturbations of ImageNet-P's benchmark, in the order of its tables. */
export const perturbationKinds = [
  "gaussian_noise",
  "shot_noise",
  "motion_blur",
  "zoom_blur",
  "snow",
  "brightness",
  "translate",
  "rotate",
  "tilt",
  "scale",
] as const;

export type PerturbationKind = (typeof perturbationKinds)[number];

/** One frame of a sequence; plain data, so that it can cross to a worker thread. */
export interface Perturbation {
  readonly kind: PerturbationKind;
  /** From 0 on: see `framesOf`. */
  readonly frame: number;
}

/** How many frames a sequence has: 31, and 41 for translate. */
export const framesOf = (kind: PerturbationKind): number => (kind === "translate" ? 41 : 31);

/**
 * Whether a sequence's frames are compared with frame 0, the clean image, and not with the one before: those of noise,
 * which have no order.
 */
export const isNoiseSequence = (kind: PerturbationKind): boolean => kind.endsWith("_noise");
