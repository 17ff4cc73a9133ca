import { motionBlur } from "../blur/motion-blur.ts";
import { brightness } from "../colour/colour.ts";
import { drawNormals } from "../draw/arrays.ts";
import { drawCounts } from "../draw/poisson.ts";
import type { Streams } from "../draw/streams.ts";
import { gaussianNoise, shotNoise } from "../noise/noise.ts";
import { checkImage, type RgbImage } from "../raster/raster.ts";
import { roundHalfEven } from "../raster/rounding.ts";
import { snow } from "../weather/snow.ts";
import { tilted, turnedAndScaled } from "./geometry.ts";
import { framesOf, perturbationKinds, type Perturbation, type PerturbationKind } from "./kinds.ts";
import { warpedBilinear, warpedNearest, type Window } from "./warp.ts";

/** Throws a RangeError, naming what is wrong, unless there is such a sequence and such a frame in it. */
export function checkPerturbation({ kind, frame }: Perturbation): void {
  if (!perturbationKinds.includes(kind)) {
    throw new RangeError(`perturbation: there is no kind "${kind}"; there is ${perturbationKinds.join(", ")}`);
  }
  if (!(Number.isInteger(frame) && frame >= 0 && frame < framesOf(kind))) {
    throw new RangeError(
      `perturbation ${kind}: the frame must be an integer of 0 to ${framesOf(kind) - 1}, got ${frame}`,
    );
  }
}

/**
 * A frame of ImageNet-P's sequence, `side` x `side` pixels. `picture` is the image before its central crop, for a
 * picture that moves brings in what the crop leaves out; its shorter side is 256 for ImageNet-P's 224.
 *
 * A noise sequence has a stream per frame, and frame 0 is clean; falling snow is one layer for all frames. ImageNet-P
 * publishes its frames as video, whose compression is not repeated here.
 * Throws a RangeError at an unknown sequence or frame, and where the crop does not fit the picture.
 */
export function perturb(picture: RgbImage, side: number, perturbation: Perturbation, streams: Streams): RgbImage {
  checkPerturbation(perturbation);
  const { kind, frame } = perturbation;
  checkImage(kind, picture);
  const { width, height } = picture;
  if (!(Number.isInteger(side) && side >= 1 && side <= Math.min(width, height))) {
    throw new RangeError(`perturbation ${kind}: a crop of ${side} does not fit the picture of ${width} x ${height}`);
  }
  const window = { left: roundHalfEven((width - side) / 2), top: roundHalfEven((height - side) / 2), side };
  return sequences[kind]({ picture, window, frame, stream: (counter) => streams(`perturbation ${kind}`, counter) });
}

interface Frame {
  readonly picture: RgbImage;
  readonly window: Window;
  readonly frame: number;
  readonly stream: (counter: number) => ReturnType<Streams>;
}

const identity = (x: number, y: number): readonly [number, number] => [x, y];
const cropped = ({ picture, window }: Frame): RgbImage => warpedNearest(picture, window, identity);

const noise =
  (corrupted: (crop: RgbImage, random: ReturnType<Streams>) => RgbImage) =>
  (given: Frame): RgbImage =>
    given.frame === 0 ? cropped(given) : corrupted(cropped(given), given.stream(given.frame));

/** The middle of a sequence of 31 frames that go from one side to the other. */
const middle = 15;

/** The parameters of ImageNet-P's make_imagenet_p.py, meant for 224 pixels; angles in degrees. */
const sequences: Readonly<Record<PerturbationKind, (given: Frame) => RgbImage>> = {
  gaussian_noise: noise((crop, random) => gaussianNoise(crop, { scale: 0.03 }, drawNormals(random, crop.data.length))),
  shot_noise: noise((crop, random) => shotNoise(crop, { photons: 300 }, drawCounts(random, crop.data, 300))),
  motion_blur: (given) => motionBlur(cropped(given), { radius: 10, sigma: 3, angleDeg: (given.frame - 30) * 4 }),
  zoom_blur: zoomedSoFar,
  snow: (given) => {
    const crop = cropped(given);
    const parameters = { mean: 0.05, std: 0.3, zoom: 3, threshold: 0.5, radius: 14, sigma: 4, blend: 0.85 };
    const normal = drawNormals(given.stream(0), crop.width * crop.height);
    return snow(crop, parameters, { normal, angleDeg: given.frame * 4 - 150 });
  },
  brightness: (given) => brightness(cropped(given), { add: ((given.frame - middle) * 2) / 100 }),
  translate: ({ picture, window, frame }) => warpedNearest(picture, window, (x, y) => [x - (frame - 20), y]),
  rotate: ({ picture, window, frame }) =>
    warpedBilinear(picture, window, turnedAndScaled(picture, frame - middle, 1), "clamped"),
  tilt: ({ picture, window, frame }) => warpedBilinear(picture, window, tilted(picture, frame - middle), "black"),
  scale: ({ picture, window, frame }) =>
    warpedBilinear(picture, window, turnedAndScaled(picture, 0, (frame * 2.5 + 40) / 100), "clamped"),
};

/** The mean of the crop and of its enlargements up to this frame's. */
function zoomedSoFar(given: Frame): RgbImage {
  const { picture, window, frame } = given;
  const sums = Float64Array.from(cropped(given).data);
  for (let i = 1; i <= frame; i += 1) {
    const { data } = warpedBilinear(picture, window, turnedAndScaled(picture, 0, 1 + 0.004 * i), "clamped");
    for (let k = 0; k < sums.length; k += 1) sums[k]! += data[k]!;
  }
  return {
    width: window.side,
    height: window.side,
    data: Uint8Array.from(sums, (sum) => Math.trunc(sum / (frame + 1))),
  };
}
