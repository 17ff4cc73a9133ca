import {
  brightness,
  contrast,
  defocusBlur,
  elasticField,
  elasticTransform,
  fog,
  frost,
  gaussianBlur,
  gaussianNoise,
  glassBlur,
  impulseNoise,
  jpegCompression,
  motionBlur,
  mudSpatter,
  pixelate,
  plasmaMap,
  saturate,
  shotNoise,
  snow,
  speckleNoise,
  zoomBlur,
  type CorruptionKind,
  type RgbImage,
} from "@fledge/corruptions";
import type { GoldenCase } from "@fledge/golden-cases";
import { z } from "zod";
import type { Computed } from "../compare.ts";
import { Unsupported, type CaseRunner } from "../context.ts";
import { imageOf, stored } from "./images.ts";

/** One severity of a case: its parameters, its output and what else it names. */
const severitySchema = z.looseObject({ parameters: z.unknown(), output: z.string() });
type Severity = z.infer<typeof severitySchema>;

/** A severity's image, and by name what else it expects. */
type Run = (image: RgbImage, golden: GoldenCase, severity: Severity) => RgbImage | Map<string, Tensor>;
type Tensor = NonNullable<ReturnType<Computed["get"]>>;

/** A corruption by its formula, with parameters that `schema` checks. */
const formula =
  <P>(
    schema: z.ZodType<P>,
    compute: (image: RgbImage, parameters: P, golden: GoldenCase, severity: Severity) => ReturnType<Run>,
  ): Run =>
  (image, golden, severity) => {
    const parsed = schema.safeParse(severity.parameters);
    if (!parsed.success) throw new Error(`parameters of ${severity.output}: ${z.prettifyError(parsed.error)}`);
    return compute(image, parsed.data, golden, severity);
  };

const scale = z.object({ scale: z.number() });
const factor = z.object({ factor: z.number() });
const normal = (golden: GoldenCase): Float32Array => golden.float32("normal");

/** The name of a tensor that a severity names by `key`. */
function named(severity: Severity, key: string): string {
  const name = severity[key];
  if (typeof name !== "string") throw new Error(`${severity.output}: there is no "${key}", the name of a tensor`);
  return name;
}

const point = z.tuple([z.number(), z.number()]);
const triangle = z.tuple([point, point, point]);
const liquid = { mean: z.number(), std: z.number(), sigma: z.number(), threshold: z.number() };

const elastic = formula(
  z.object({ alpha: z.number(), sigma: z.number(), points_from: triangle, points_to: triangle }),
  (image, { points_from: pointsFrom, points_to: pointsTo, ...smooth }, golden, severity) => {
    const field = (uniform: string): Float32Array<ArrayBuffer> => elasticField(image, smooth, golden.float32(uniform));
    const [fieldX, fieldY] = [field("uniform_x"), field("uniform_y")];
    const shape = [image.height, image.width];
    return new Map<string, Tensor>([
      [severity.output, stored(elasticTransform(image, { pointsFrom, pointsTo, fieldX, fieldY }))],
      ...(severity["field_x"] === undefined ? [] : [[named(severity, "field_x"), { shape, data: fieldX }] as const]),
      ...(severity["field_y"] === undefined ? [] : [[named(severity, "field_y"), { shape, data: fieldY }] as const]),
    ]);
  },
);

const corruptions: Readonly<Record<CorruptionKind, Run>> = {
  gaussian_noise: formula(scale, (image, parameters, golden) => gaussianNoise(image, parameters, normal(golden))),
  speckle_noise: formula(scale, (image, parameters, golden) => speckleNoise(image, parameters, normal(golden))),
  shot_noise: formula(z.object({ photons: z.number() }), (image, parameters, golden, severity) =>
    shotNoise(image, parameters, golden.uint8(named(severity, "counts"))),
  ),
  impulse_noise: formula(z.object({ amount: z.number() }), (image, parameters, golden) =>
    impulseNoise(image, parameters, { uniform: golden.float32("uniform"), salt: golden.uint8("salt") }),
  ),
  gaussian_blur: formula(z.object({ sigma: z.number() }), gaussianBlur),
  glass_blur: formula(
    z.object({ sigma: z.number(), max_delta: z.int(), iterations: z.int() }),
    (image, { sigma, max_delta: maxDelta, iterations }, golden, severity) =>
      glassBlur(image, { sigma, maxDelta, iterations }, golden.uint8(named(severity, "offsets"))),
  ),
  defocus_blur: formula(
    z.object({ radius: z.int(), alias_blur: z.number() }),
    (image, { radius, alias_blur: aliasBlur }) => defocusBlur(image, { radius, aliasBlur }),
  ),
  motion_blur: formula(
    z.object({ radius: z.int(), sigma: z.number(), angle: z.number() }),
    (image, { radius, sigma, angle: angleDeg }) => motionBlur(image, { radius, sigma, angleDeg }),
  ),
  zoom_blur: formula(z.object({ factors: z.array(z.number()) }), zoomBlur),
  fog: formula(z.object({ strength: z.number() }), (image, parameters, golden) =>
    fog(image, parameters, golden.float32("plasma")),
  ),
  frost: formula(z.object({ image: z.number(), frost: z.number() }), (image, weights, golden) =>
    frost(image, weights, golden.uint8("texture")),
  ),
  snow: formula(
    z.object({
      mean: z.number(),
      std: z.number(),
      zoom: z.number(),
      threshold: z.number(),
      radius: z.int(),
      sigma: z.number(),
      blend: z.number(),
      angle: z.number(),
    }),
    (image, { angle: angleDeg, ...parameters }, golden) =>
      snow(image, parameters, { normal: normal(golden), angleDeg }),
  ),
  spatter: formula(
    z.object({ ...liquid, mud_sigma: z.number() }),
    (image, { mud_sigma: mudSigma, ...parameters }, golden) =>
      mudSpatter(image, { ...parameters, mudSigma }, normal(golden)),
  ),
  brightness: formula(z.object({ add: z.number() }), brightness),
  saturate: formula(z.object({ factor: z.number(), add: z.number() }), saturate),
  contrast: formula(factor, contrast),
  jpeg_compression: formula(z.object({ quality: z.int() }), jpegCompression),
  pixelate: formula(factor, pixelate),
  elastic_transform: elastic,
};

/** Every severity by the formula that corrupts what a network is evaluated on, with the case's random arrays. */
export const runCorruption: CaseRunner = async (golden) => {
  const { corruption, severities } = golden.attributesAs(
    z.object({ corruption: z.string(), severities: z.array(severitySchema) }),
  );
  if (!Object.hasOwn(corruptions, corruption)) {
    throw new Unsupported(`there is no corruption "${corruption}"; there is ${Object.keys(corruptions).join(", ")}`);
  }
  const run = corruptions[corruption as CorruptionKind];
  const image = imageOf(golden);
  return new Map(
    severities.flatMap((severity): (readonly [string, Tensor])[] => {
      const result = run(image, golden, severity);
      return result instanceof Map ? [...result] : [[severity.output, stored(result)]];
    }),
  );
};

export const runPlasmaMap: CaseRunner = async (golden) => {
  const { size, wibble_decay: wibbleDecay } = golden.attributesAs(
    z.object({ size: z.int(), wibble_decay: z.number() }),
  );
  const map = Float32Array.from(plasmaMap({ size, wibbleDecay }, golden.float32("uniform")));
  return new Map([["map", { shape: [size, size], data: map }]]);
};
