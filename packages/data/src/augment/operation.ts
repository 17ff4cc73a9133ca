import type { ImageSize, Rgb } from "../image.ts";
import type { PixelOperation } from "./pixel-operation.ts";

/** What an operation of a library receives besides the image. */
export interface OperationArguments {
  /** The library's argument, sign included; operations without one ignore it. */
  readonly value?: number;
  /** Of a cutout, in pixels. */
  readonly centre?: { readonly x: number; readonly y: number };
  /** For what comes from outside the image; the library's own colour if absent. */
  readonly fill?: Rgb;
  /** Of torchvision's geometric operations; nearest if absent. */
  readonly interpolation?: "nearest" | "bilinear";
}

/** One operation of a library: how its argument comes about, and what it does. */
export interface Operation {
  /**
   * What is drawn when the operation is applied: a sign, or the centre of a cutout, a pixel (jizongfox: integers in
   * 0 .. side - 1) or a point (ildoonet: numpy's uniform(side), which is the interval from `side` down to 1).
   */
  readonly draws?: "sign" | "centre pixel" | "centre point";
  /** The argument at a level of the library's scale; `sign` is 1 where none is drawn. Absent: there is no argument. */
  readonly value?: (level: number, sign: 1 | -1, image: ImageSize) => number;
  /** What it does to an image of this size; `value` is NaN where the operation has no argument. */
  readonly does: (value: number, options: OperationArguments, image: ImageSize) => PixelOperation;
}

/** The operations of a library by name, in its order. */
export type OperationTable = Readonly<Record<string, Operation>>;
