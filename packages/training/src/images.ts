import { batchOf, float32, int32, normaliseImages, uint8, type InputValue, type Tensor } from "@fledge/autograd";
import type { TensorSpec } from "@fledge/runtime";
import type { BatchPlace } from "./mix/draw-mix.ts";
import type { ImageBatch } from "./open-loader.ts";

/** Inputs of a program by name: what each holds, and in its body, the tensors. */
export type InputSpecs = Readonly<Record<string, TensorSpec>>;
export type Given = Readonly<Record<string, Tensor>>;

/** How the images of a batch come into a program. */
export interface ImageInput {
  /** What `batchSize` images take. @param batch names theirs where a program takes several */
  inputs(batchSize: number, batch?: string): InputSpecs;
  /** The images as a network takes them: f32 [N,H,W,3], normalised. */
  tensor(given: Given): Tensor;
  /** Inputs that are drawn for a batch by its place, where there are any. */
  readonly drawn?: (batch: ImageBatch, place: BatchPlace) => Readonly<Record<string, InputValue>>;
  /** f32 [N,classes]: what the images are taught, where that is more than their labels. */
  readonly target?: (given: Given, classes: number) => Tensor;
}

/** Bytes as the loader renders them, `imageSize` pixels square; the device mirrors and normalises them. */
export const renderedImages = (imageSize: number, name = "images"): ImageInput => ({
  inputs: (batchSize, batch) => ({
    [name]: batchOf(batchSize, uint8(imageSize, imageSize, 3), batch),
    [placementInput(name)]: batchOf(batchSize, int32(3), batch),
  }),
  tensor: (given) => normaliseImages(given[name]!, given[placementInput(name)]!),
});

/** The input of images as a further view of an objective shows them: `teacher` gives `teacherImages`. */
export const viewInput = (view: string): string => `${view}Images`;

/** The input beside the images `name`: top, left and mirroring of each, as the input kernel takes them. */
export const placementInput = (name: string): string => `${name}Placement`;

/** Floats that are normalised already, for comparisons with other programs. */
export const normalisedImages = (height: number, width = height): ImageInput => ({
  inputs: (batchSize, batch) => ({ images: batchOf(batchSize, float32(height, width, 3), batch) }),
  tensor: (given) => given["images"]!,
});
