import type { StoredShape } from "@fledge/runtime";

/** Decisions to keep or to drop: C for each of N examples; C is 1 where an example has one. */
export interface KeepMaskShape {
  readonly N: number;
  readonly C: number;
  /** The share that is dropped, 0 to 1. */
  readonly rate: number;
  /** Which layer draws: layers draw independently of one another from the same keys. */
  readonly layer: number;
}

/** Dropout of a flat run; what shape it has is of no matter here. */
export interface DropoutShape {
  readonly count: number;
  /** The share that is dropped, 0 to 1: torch's `p`. */
  readonly rate: number;
}

/** Stochastic depth of a residual branch: identity, branch and out [N,size]. */
export interface DropPathShape extends StoredShape {
  readonly N: number;
  /** Elements of an example. */
  readonly size: number;
  /** The share of branches that is kept, 0 to 1. */
  readonly survival: number;
  /** Ends with ReLU. */
  readonly relu: boolean;
}

/** Elements a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

/** A draw is compared by its upper 24 bits, which f32 holds exactly: u = k / 2^24 is kept from k = threshold on. */
const keepThreshold = (rate: number): number => Math.ceil(rate * 2 ** 24);

/** What keeps the mean of what is kept and dropped: 1 over the share that is kept; 0 where nothing is. */
const scaleFor = (kept: number): number => (kept > 0 ? 1 / kept : 0);

export const keepMaskCount = ({ N, C }: KeepMaskShape): number => N * C;

/** Philox blocks that a mask takes: each gives four draws, and none serves two examples. */
export const keepMaskBlocks = ({ N, C }: KeepMaskShape): number => N * Math.ceil(C / 4);

/** Contents of `struct Params` of a mask, and with `scale` of dropout that draws its own. */
export const keepMaskParams = ({ N, C, rate, layer }: KeepMaskShape): Readonly<Record<string, number>> => ({
  N,
  C,
  layer,
  threshold: keepThreshold(rate),
});

export const drawnParams = (shape: KeepMaskShape): Readonly<Record<string, number>> => ({
  ...keepMaskParams(shape),
  scale: scaleFor(1 - shape.rate),
});

export const dropoutParams = ({ count, rate }: DropoutShape): Readonly<Record<string, number>> => ({
  count,
  scale: scaleFor(1 - rate),
});

export const dropPathCount = ({ N, size }: DropPathShape): number => N * size;

export const dropPathParams = ({ N, size, survival }: DropPathShape): Readonly<Record<string, number>> => ({
  N,
  size,
  scale: scaleFor(survival),
});

function checkWhole(kernel: string, name: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new RangeError(`${kernel}: ${name} is ${value}; it must be a whole number from ${least} to ${most}`);
}

function checkShare(kernel: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw new RangeError(`${kernel}: ${name} is ${value}; it must lie between 0 and 1`);
}

/** @throws RangeError where a size, the rate or the layer is out of range */
export const checkKeepMask =
  (kernel: string) =>
  ({ N, C, rate, layer }: KeepMaskShape): void => {
    checkWhole(kernel, "N", N, 1, maxCount);
    checkWhole(kernel, "C", C, 1, Math.floor(maxCount / N));
    checkWhole(kernel, "layer", layer, 0, 2 ** 32 - 1);
    checkShare(kernel, "rate", rate);
  };

/** @throws RangeError where the count or the rate is out of range */
export function checkDropout({ count, rate }: DropoutShape): void {
  checkWhole("dropout", "count", count, 1, maxCount);
  checkShare("dropout", "rate", rate);
}

/** @throws RangeError where a size or the survival is out of range */
export const checkDropPath =
  (kernel: string) =>
  ({ N, size, survival }: DropPathShape): void => {
    checkWhole(kernel, "N", N, 1, maxCount);
    checkWhole(kernel, "size", size, 1, Math.floor(maxCount / N));
    checkShare(kernel, "survival", survival);
  };

/** Why a rung that stores whole blocks of draws cannot run, or null. */
export const needsBlocks = ({ C }: KeepMaskShape): string | null => (C % 4 === 0 ? null : `C ${C} is no multiple of 4`);
