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
import { randAugment } from "../augment/rand-augment.ts";
import type { RandAugmentOptions } from "../augment/sampling.ts";
import type { ImageSize } from "../augment/draw-step.ts";
import type { RgbImage } from "../image.ts";
import type { CropBox } from "../transforms/crop.ts";
import { horizontalFlip } from "../transforms/horizontal-flip.ts";
import { resizeCenterCrop, resizeShorterSide } from "../transforms/resize-center-crop.ts";
import type { RandomResizedCropOptions } from "../transforms/resized-crop.ts";
import { randomResizedCropBox, resizedCrop } from "../transforms/resized-crop.ts";

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

/**
 * What renders images by `view`. The draws come in the order crop, flip, RandAugment, so that a view with RandAugment
 * shows the same crop as one without; a corruption and a perturbation draw last. All frames of a sequence have the same
 * draws where the sequence says so. Throws RangeError at a size or an option that is out of range.
 */
export function viewRenderer(view: View): (image: RgbImage, random: Random) => RenderedView {
  checkCrop(view.crop);
  if (view.perturbation) return perturbedRenderer(view, view.perturbation);
  if (view.corruption) return corruptedRenderer(view, view.corruption);
  const augment = view.randAugment && randAugment(view.randAugment);
  return (image, random) => {
    const crop = drawCrop(view.crop, image, random);
    const flip = view.flip && random.float() < 0.5;
    if (augment === undefined) return { image: crop(image), flip };
    if (view.randAugment?.order === "before-crop") return { image: crop(augment(image, random)), flip };
    const cropped = crop(image);
    return { image: augment(flip ? horizontalFlip(cropped) : cropped, random), flip: false };
  };
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
function drawCrop(crop: View["crop"], { width, height }: RgbImage, random: Random): (image: RgbImage) => RgbImage {
  if (crop.kind === "center") return (image) => resizeCenterCrop(image, crop.resize, crop.size);
  const box = randomResizedCropBox(random, width, height, crop);
  return (image) => resizedCrop(image, box, crop.size, crop.size);
}

function checkCrop(crop: View["crop"]): void {
  if (!Number.isInteger(crop.size) || crop.size < 1) {
    throw new RangeError(`view: crop.size must be a positive integer, got ${crop.size}`);
  }
  if (crop.kind === "center" && !(Number.isInteger(crop.resize) && crop.resize >= crop.size)) {
    throw new RangeError(`view: crop.resize must be an integer of at least crop.size ${crop.size}, got ${crop.resize}`);
  }
}
