import type { StoredShape } from "@fledge/runtime";

type Rgb = readonly [red: number, green: number, blue: number];

/** Images of one size, the window cut from each, and the statistics that normalise it. */
export interface NormaliseShape extends StoredShape {
  readonly N: number;
  /** Height of the images as stored, in pixels. */
  readonly IH: number;
  readonly IW: number;
  /** Height of the window, in pixels. */
  readonly OH: number;
  readonly OW: number;
  /** Per channel, of values scaled to 0..1, as torchvision's `Normalize` takes them. */
  readonly mean: Rgb;
  readonly std: Rgb;
}

/** Images whose values are floats already. */
export interface NormalisePixelsShape extends Pick<NormaliseShape, "N" | "mean" | "std"> {
  /** In pixels. */
  readonly H: number;
  readonly W: number;
}

/** @throws RangeError naming the argument and the mend */
export function checkNormalisePixels({ N, H, W, mean, std }: NormalisePixelsShape): void {
  checkNormalise({ N, IH: H, IW: W, OH: H, OW: W, mean, std });
}

/** @throws RangeError naming the argument and the mend */
export function checkNormalise({ N, IH, IW, OH, OW, mean, std }: NormaliseShape): void {
  for (const [name, value] of Object.entries({ N, IH, IW, OH, OW })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`normalise: ${name} is ${value}; give a whole number, 1 or above`);
    }
  }
  if (OH > IH || OW > IW) {
    throw new RangeError(
      `normalise: the window OH x OW, ${OH} x ${OW}, is larger than the images IH x IW, ${IH} x ${IW}; ` +
        "cut a smaller window or resize the images before",
    );
  }
  if (N * IH * IW * 3 > 2 ** 32) {
    throw new RangeError(`normalise: ${N} images of ${IH} x ${IW} pass 4 GiB; lower N`);
  }
  if (mean.length !== 3 || !mean.every(Number.isFinite)) {
    throw new RangeError(`normalise: mean is [${mean.join(", ")}]; give three finite numbers, for R, G and B`);
  }
  if (std.length !== 3 || !std.every((value) => value > 0 && value < Infinity)) {
    throw new RangeError(`normalise: std is [${std.join(", ")}]; give three numbers above 0, for R, G and B`);
  }
}

/**
 * Checks host-side what `normaliseImages` would clamp: every window inside its image.
 * @param placement i32[N,3]: top and left of the window in pixels, flip 0 or 1
 * @throws RangeError naming the image and the mend
 */
export function checkPlacement({ N, IH, IW, OH, OW }: NormaliseShape, placement: Int32Array): void {
  if (placement.length !== 3 * N) {
    throw new RangeError(`placement has ${placement.length} numbers; give top, left and flip for each of ${N} images`);
  }
  for (let n = 0; n < N; n++) {
    const [top, left, flip] = placement.subarray(3 * n, 3 * n + 3) as unknown as [number, number, number];
    if (top < 0 || top > IH - OH || left < 0 || left > IW - OW) {
      throw new RangeError(
        `placement of image ${n}: a window of ${OH} x ${OW} at top ${top}, left ${left} ` +
          `leaves the image of ${IH} x ${IW}; top may be 0 to ${IH - OH}, left 0 to ${IW - OW}`,
      );
    }
    if (flip !== 0 && flip !== 1) throw new RangeError(`placement of image ${n}: flip is ${flip}; give 0 or 1`);
  }
}

/** A multiply and an add per value. */
export const normaliseFlops = ({ N, OH, OW }: NormaliseShape): number => 2 * N * OH * OW * 3;

/** A multiply and an add per value. */
export const normalisePixelsFlops = ({ N, H, W }: NormalisePixelsShape): number => 2 * N * H * W * 3;
