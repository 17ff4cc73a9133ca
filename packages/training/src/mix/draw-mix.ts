import { random } from "@fledge/random";
import { beta } from "./beta.ts";

export interface MixOptions {
  readonly kind: "mixup" | "cutmix";
  /** Lambda is drawn from Beta(alpha, alpha): 0.2 for MixUp on ImageNet, 1 for CutMix in their papers. */
  readonly alpha: number;
  /** Of a batch to be mixed; 1 in the papers' code for ImageNet. */
  readonly probability: number;
}

/** Where a batch stands: draws are its own, whatever was drawn before. */
export interface BatchPlace {
  readonly seed: number;
  readonly epoch: number;
  /** Of the epoch, counted from 0. */
  readonly step: number;
}

/** [top, left, bottom, right], the last two exclusive, in pixels. */
export type Box = readonly [number, number, number, number];

/** How a batch is mixed; one lambda and one box for all of it, as the papers' code has it. */
export interface Mix {
  /** The other image of each; an image may be its own. */
  readonly permutation: Int32Array;
  /** Of the first image outside the box: MixUp's lambda, 1 for CutMix. */
  readonly share: number;
  /** Within it is the other image; empty for MixUp. */
  readonly box: Box;
  /** What the first image's label is weighed with, the other's with the rest. */
  readonly weight: number;
}

const nowhere: Box = [0, 0, 0, 0];

/** The mix of MixUp for a lambda (Zhang et al. 2018, arXiv 1710.09412). */
export const mixUp = (permutation: Int32Array, lambda: number): Mix => ({
  permutation,
  share: lambda,
  box: nowhere,
  weight: lambda,
});

/** The mix of CutMix for a box: the label's weight is what the box leaves of the area (Yun et al. 2019, arXiv 1905.04899). */
export function cutMix(permutation: Int32Array, box: Box, height: number, width: number): Mix {
  const [top, left, bottom, right] = box;
  return { permutation, share: 1, box, weight: 1 - ((bottom - top) * (right - left)) / (height * width) };
}

/**
 * CutMix's box, as its authors' code draws it: of a side sqrt(1 - lambda) of the image's, around a pixel that is drawn
 * uniformly, cut off at the border.
 */
function cutBox(lambda: number, centre: readonly [number, number], height: number, width: number): Box {
  const side = Math.sqrt(1 - lambda);
  const from = (at: number, length: number): number => Math.max(0, at - Math.floor(Math.trunc(length * side) / 2));
  const to = (at: number, length: number): number => Math.min(length, at + Math.floor(Math.trunc(length * side) / 2));
  const [row, column] = centre;
  return [from(row, height), from(column, width), to(row, height), to(column, width)];
}

/** Draws how a batch of images is mixed, by its place alone: a resumed run and any number of workers mix the same. */
export function drawMix(
  { kind, alpha, probability }: MixOptions,
  { seed, epoch, step }: BatchPlace,
  { size, height, width }: { readonly size: number; readonly height: number; readonly width: number },
): Mix {
  const draw = random(seed, "mix", epoch, step);
  const mixes = draw.float() < probability;
  const lambda = beta(draw, alpha, alpha);
  const permutation = draw.permutation(size);
  if (!mixes) return mixUp(permutation, 1);
  if (kind === "mixup") return mixUp(permutation, lambda);
  const centre = [draw.integer(0, height), draw.integer(0, width)] as const;
  return cutMix(permutation, cutBox(lambda, centre, height, width), height, width);
}
