import type { Random } from "@fledge/random";
import type { RgbImage } from "../image.ts";
import { resizeCenterCrop } from "../transforms/resize-center-crop.ts";
import type { RandomResizedCropOptions } from "../transforms/resized-crop.ts";
import { randomResizedCropBox, resizedCrop } from "../transforms/resized-crop.ts";

/** What is done to one image before it reaches the network; plain data, so that it can cross to a worker thread. */
export interface View {
  crop: RandomResizedCrop | ResizeCenterCrop;
  /** Mirror left to right with probability 1/2. */
  flip: boolean;
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

/** The order of draws is crop, flip, so that views that differ in later steps alone show the same crop. */
export function renderView(image: RgbImage, view: View, random: Random): RenderedView {
  const cropped = cropImage(image, view.crop, random);
  const flip = view.flip && random.float() < 0.5;
  return { image: cropped, flip };
}

function cropImage(image: RgbImage, crop: View["crop"], random: Random): RgbImage {
  if (crop.kind === "center") return resizeCenterCrop(image, crop.resize, crop.size);
  const box = randomResizedCropBox(random, image.width, image.height, crop);
  return resizedCrop(image, box, crop.size, crop.size);
}
