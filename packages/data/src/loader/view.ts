import {
  checkCorruption,
  checkPerturbation,
  corrupt,
  perturb,
  type Corruption,
  type Perturbation,
  type Streams,
} from "@fledge/corruptions";
import { random as streamOf, type Random } from "@fledge/random";
import { applyPixels, type PixelOperation } from "../augment/pixel-operation.ts";
import { augmentationDraw, operationsOf } from "../augment/rand-augment.ts";
import type { RandAugmentOptions } from "../augment/sampling.ts";
import type { ImageSize, RgbImage } from "../image.ts";
import type { CropBox } from "../transforms/crop.ts";
import { horizontalFlip } from "../transforms/horizontal-flip.ts";
import { resizeRegion, type Resizing } from "../transforms/resize.ts";
import { centerCropResizing, resizeShorterSide } from "../transforms/resize-center-crop.ts";
import type { RandomResizedCropOptions } from "../transforms/resized-crop.ts";
import { boxResizing, randomResizedCropBox } from "../transforms/resized-crop.ts";

/** What is done to one image before it reaches the network; plain data, so that it can cross to a worker thread. */
export interface View {
  crop: RandomResizedCrop | ResizeCenterCrop;
  /** Mirror left to right with probability 1/2. */
  flip: boolean;
  /** "before-crop": on the whole image, as in the paper's training; "after-crop": on the cropped, mirrored one. */
  randAugment?: RandAugmentOptions & { order: "before-crop" | "after-crop" };
  /** One of ImageNet-C's corruptions of what the network sees: after the crop, the mirroring and RandAugment. */
  corruption?: Corruption;
  /**
   * One frame of one of ImageNet-P's sequences, which move the resized picture before it is cropped. The crop must be
   * "center", and there can be no flip, RandAugment or corruption beside it.
   */
  perturbation?: Perturbation;
}

/** torchvision's RandomResizedCrop(size, scale, ratio). */
interface RandomResizedCrop extends RandomResizedCropOptions {
  kind: "random-resized";
  size: number;
}

/** torchvision's Resize(resize), CenterCrop(size). */
interface ResizeCenterCrop {
  kind: "center";
  resize: number;
  size: number;
}

/** One view of one image: `flip` tells that the image is yet to be mirrored, which the GPU does. */
interface RenderedView {
  image: RgbImage;
  flip: boolean;
}

/** What a view does to one image, all draws made: as plain data, for whatever computes it. */
export interface ViewPlan {
  /** To the whole image, one after the other. */
  readonly before: readonly PixelOperation[];
  readonly crop: Resizing;
  /** Whether what was cropped is mirrored before what comes after. */
  readonly mirror: boolean;
  readonly after: readonly PixelOperation[];
  /** Whether the result is yet to be mirrored, which the input kernel does. */
  readonly flip: boolean;
}

/**
 * What draws a view's plans, by an image's size and its stream. The draws come in the order crop, flip, RandAugment, so
 * that a view with RandAugment shows the same crop as one without.
 * Throws RangeError at a size or an option that is out of range, and for a view with a corruption or a perturbation,
 * which no plan tells.
 */
export function viewPlanner(view: View): (size: ImageSize, random: Random) => ViewPlan {
  checkCrop(view.crop);
  if (view.corruption || view.perturbation) {
    throw new RangeError(
      "view: a corruption or perturbation is no plan of operations; only the loader's threads render it",
    );
  }
  const draw = view.randAugment && augmentationDraw(view.randAugment);
  return (size, random) => {
    const crop = drawCrop(view.crop, size, random);
    const flip = view.flip && random.float() < 0.5;
    const plain = { before: [], crop, mirror: false, after: [], flip };
    if (draw === undefined) return plain;
    if (view.randAugment?.order === "before-crop") return { ...plain, before: operationsOf(draw(random, size), size) };
    return { ...plain, mirror: flip, after: operationsOf(draw(random, crop.box), crop.box), flip: false };
  };
}

/**
 * What renders images by `view`, as `viewPlanner` plans it; a corruption and a perturbation draw last. All frames of a
 * sequence have the same draws where the sequence says so. Throws RangeError at a size or an option that is out of range.
 */
export function viewRenderer(view: View): (image: RgbImage, random: Random) => RenderedView {
  checkCrop(view.crop);
  if (view.perturbation) return perturbedRenderer(view, view.perturbation);
  if (view.corruption) return corruptedRenderer(view, view.corruption);
  const planFor = viewPlanner(view);
  return (image, random) => {
    const plan = planFor(image, random);
    return { image: renderPlan(image, plan), flip: plan.flip };
  };
}

/** The image as the plan shows it, but for a mirroring that is left to the input kernel. */
export function renderPlan(image: RgbImage, { before, crop, mirror, after }: ViewPlan): RgbImage {
  const cropped = resizeRegion(before.reduce(applyPixels, image), crop);
  return after.reduce(applyPixels, mirror ? horizontalFlip(cropped) : cropped);
}

/**
 * The only part of an image that a view shows, by the image's size and the stream that renders it: of those that crop
 * before all else. Undefined for a view that looks at the whole image.
 */
export function cropOf(view: View): ((size: ImageSize, random: Random) => CropBox) | undefined {
  const { crop, randAugment: augment } = view;
  if (crop.kind !== "random-resized" || augment?.order === "before-crop") return undefined;
  return ({ width, height }, random) => randomResizedCropBox(random, width, height, crop); // the stream's first draw
}

function corruptedRenderer(
  { corruption: _without, ...view }: View,
  corruption: Corruption,
): (image: RgbImage, random: Random) => RenderedView {
  checkCorruption(corruption);
  const render = viewRenderer(view);
  return (image, random) => {
    const { image: shown, flip } = render(image, random);
    const seen = flip ? horizontalFlip(shown) : shown; // Snow falls to the same side whether the image is mirrored or not.
    return { image: corrupt(seen, corruption, streamsOf(random)), flip: false };
  };
}

function perturbedRenderer(
  { crop, flip, randAugment, corruption }: View,
  perturbation: Perturbation,
): (image: RgbImage, random: Random) => RenderedView {
  checkPerturbation(perturbation);
  if (crop.kind !== "center" || flip || randAugment || corruption) {
    throw new RangeError(
      `view: the perturbation ${perturbation.kind} needs a "center" crop, without flip, randAugment and corruption`,
    );
  }
  return (image, random) => {
    const picture = resizeShorterSide(image, crop.resize);
    return { image: perturb(picture, crop.size, perturbation, streamsOf(random)), flip: false };
  };
}

/** Streams of this image's own, keyed by the next 64 bits of its stream. */
function streamsOf(random: Random): Streams {
  const [seed, key] = [random.uint32(), random.uint32()];
  return (purpose, counter) => streamOf(seed, purpose, key, counter);
}

/** Places the crop in an image of this size; RandAugment does not change the size. */
function drawCrop(crop: View["crop"], { width, height }: ImageSize, random: Random): Resizing {
  if (crop.kind === "center") return centerCropResizing({ width, height }, crop.resize, crop.size);
  return boxResizing(randomResizedCropBox(random, width, height, crop), crop.size, crop.size);
}

function checkCrop(crop: View["crop"]): void {
  if (!Number.isInteger(crop.size) || crop.size < 1) {
    throw new RangeError(`view: crop.size must be a positive integer, got ${crop.size}`);
  }
  if (crop.kind === "center" && !(Number.isInteger(crop.resize) && crop.resize >= crop.size)) {
    throw new RangeError(`view: crop.resize must be an integer of at least crop.size ${crop.size}, got ${crop.resize}`);
  }
}
