import { gauss } from "../raster/gauss.ts";
import { checkLength, mapUnit, type Raster, type RgbImage } from "../raster/raster.ts";
import { glossOfDrops } from "./water/gloss.ts";

export interface Spatter {
  /** Of the normal noise that drops are made of. */
  readonly mean: number;
  readonly std: number;
  /** Of the Gaussian that makes drops of the noise, pixels. */
  readonly sigma: number;
  /** Liquid below it is no drop. */
  readonly threshold: number;
}

/** Mud is opaque and brown; `mudSigma` softens its edges. */
export interface MudSpatter extends Spatter {
  readonly mudSigma: number;
}

/** Water lights up the edges of drops, by at most `strength`. */
export interface WaterSpatter extends Spatter {
  readonly strength: number;
}

const mud = [63, 42, 20] as const;
const paleTurquoise = [175, 238, 238] as const;
/** Mud that covers less than this share of a pixel is left out. */
const leastMud = 0.8;

function liquid(image: RgbImage, { mean, std, sigma }: Spatter, normal: ArrayLike<number>): Raster {
  const { width, height } = image;
  checkLength("spatter: normal", normal, width * height);
  const noise = Float64Array.from({ length: width * height }, (_, i) => mean + std * normal[i]!);
  return gauss({ width, height, channels: 1, data: noise }, sigma);
}

/**
 * Severities 4 and 5. `normal`: [H, W] standard normals. Throws a RangeError where they do not fit the image.
 */
export function mudSpatter(image: RgbImage, parameters: MudSpatter, normal: ArrayLike<number>): RgbImage {
  const layer = liquid(image, parameters, normal);
  const drops = { ...layer, data: layer.data.map((value) => (value > parameters.threshold ? 1 : 0)) };
  const cover = gauss(drops, parameters.mudSigma).data;
  return mapUnit(image, (x, i) => {
    const soft = cover[Math.floor(i / 3)]!;
    const share = soft < leastMud ? 0 : soft;
    return x * (1 - share) + (mud[i % 3]! / 255) * share;
  });
}

/**
 * Severities 1 to 3. `normal`: [H, W] standard normals. Throws a RangeError where they do not fit the image.
 * OpenCV's steps in plain code, which no golden case holds to its bytes.
 */
export function waterSpatter(image: RgbImage, parameters: WaterSpatter, normal: ArrayLike<number>): RgbImage {
  const layer = liquid(image, parameters, normal);
  const bytes = Uint8Array.from(layer.data, (value) => (value < parameters.threshold ? 0 : Math.trunc(value * 255)));
  const gloss = glossOfDrops(bytes, image.width, image.height);
  return mapUnit(image, (x, i) => x + parameters.strength * gloss[Math.floor(i / 3)]! * (paleTurquoise[i % 3]! / 255));
}
