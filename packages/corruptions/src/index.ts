export { corrupt, checkCorruption } from "./corrupt.ts";
export type { Streams } from "./draw/streams.ts";
export { benchmarkCorruptions, extraCorruptions, severities, type Corruption, type CorruptionKind } from "./kinds.ts";
export { checkPerturbation, perturb } from "./perturbations/perturb.ts";
export {
  framesOf,
  isNoiseSequence,
  perturbationKinds,
  type Perturbation,
  type PerturbationKind,
} from "./perturbations/kinds.ts";

// The formulas, which take their random arrays as arguments.
export { defocusBlur } from "./blur/defocus-blur.ts";
export { gaussianBlur } from "./blur/gaussian-blur.ts";
export { glassBlur } from "./blur/glass-blur.ts";
export { motionBlur } from "./blur/motion-blur.ts";
export { zoomBlur } from "./blur/zoom-blur.ts";
export { brightness, contrast, saturate } from "./colour/colour.ts";
export { elasticField } from "./digital/elastic-field.ts";
export { elasticTransform } from "./digital/elastic-transform.ts";
export { jpegCompression } from "./digital/jpeg/jpeg-compression.ts";
export { pixelate } from "./digital/pixelate.ts";
export { gaussianNoise, impulseNoise, shotNoise, speckleNoise } from "./noise/noise.ts";
export type { RgbImage } from "./raster/raster.ts";
export { fog } from "./weather/fog.ts";
export { frost } from "./weather/frost.ts";
export { plasmaMap } from "./weather/plasma-map.ts";
export { snow } from "./weather/snow.ts";
export { mudSpatter, waterSpatter } from "./weather/spatter.ts";
