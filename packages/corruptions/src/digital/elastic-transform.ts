import { mirrorEdgeIndex, mirrorIndex } from "../raster/borders.ts";
import { checkLength, checkSquare, truncatedImage, unitRaster, type Raster, type RgbImage } from "../raster/raster.ts";

export type Point = readonly [x: number, y: number];
type Triangle = readonly [Point, Point, Point];

export interface ElasticTransform {
  /** Three points and where the affine map before the elastic one takes them, (x, y) in pixels. */
  readonly pointsFrom: Triangle;
  readonly pointsTo: Triangle;
  /** [H, W] displacements in pixels, of `elasticField`. */
  readonly fieldX: ArrayLike<number>;
  readonly fieldY: ArrayLike<number>;
}

/** The corners of the triangle that ImageNet-C's affine map moves: a third of the side about the centre. */
export function elasticCorners({ width, height }: { readonly width: number; readonly height: number }): Triangle {
  const [x, y] = [Math.floor(width / 2), Math.floor(height / 2)];
  const reach = Math.floor(Math.min(width, height) / 3);
  return [
    [x + reach, y + reach],
    [x + reach, y - reach],
    [x - reach, y - reach],
  ];
}

/**
 * An affine map (borders mirrored without repeating the edge), then a displacement of every pixel (borders mirrored
 * with the edge repeated), both bilinear. Throws a RangeError unless the image is square, the fields fit it and the
 * points lie on no line.
 */
export function elasticTransform(
  image: RgbImage,
  { pointsFrom, pointsTo, fieldX, fieldY }: ElasticTransform,
): RgbImage {
  checkSquare("elastic_transform", image);
  const { width, height } = image;
  checkLength("elastic_transform: fieldX", fieldX, width * height);
  checkLength("elastic_transform: fieldY", fieldY, width * height);
  // The picture moves from pointsFrom to pointsTo, so an output pixel reads where the inverse map takes it.
  const inverse = affineThrough(pointsTo, pointsFrom);
  const mapped = sampled(unitRaster(image), mirrorIndex, (x, y) => [
    inverse[0] * x + inverse[1] * y + inverse[2],
    inverse[3] * x + inverse[4] * y + inverse[5],
  ]);
  return truncatedImage(
    sampled(mapped, mirrorEdgeIndex, (x, y) => {
      const i = y * width + x;
      return [x + fieldX[i]!, y + fieldY[i]!];
    }),
  );
}

/** (a, b, c, d, e, f) with (x, y) -> (a x + b y + c, d x + e y + f) taking each point of `from` to that of `to`. */
function affineThrough([p, q, r]: Triangle, to: Triangle): [number, number, number, number, number, number] {
  const [ux, uy, vx, vy] = [q[0] - p[0], q[1] - p[1], r[0] - p[0], r[1] - p[1]];
  const area = ux * vy - uy * vx;
  if (area === 0)
    throw new RangeError("elastic_transform: the three points lie on a line; the affine map needs corners");
  const row = (axis: 0 | 1): [number, number, number] => {
    const [along, beside] = [to[1][axis] - to[0][axis], to[2][axis] - to[0][axis]];
    const a = (along * vy - beside * uy) / area;
    const b = (beside * ux - along * vx) / area;
    return [a, b, to[0][axis] - a * p[0] - b * p[1]];
  };
  return [...row(0), ...row(1)];
}

/** Every pixel read bilinearly at the position that it is given. */
function sampled(
  { width, height, channels, data }: Raster,
  inside: (i: number, size: number) => number,
  position: (x: number, y: number) => Point,
): Raster {
  const out = new Float64Array(data.length);
  let target = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [px, py] = position(x, y);
      const left = Math.floor(px);
      const top = Math.floor(py);
      const tx = px - left;
      const ty = py - top;
      const column0 = inside(left, width) * channels;
      const column1 = inside(left + 1, width) * channels;
      const row0 = inside(top, height) * width * channels;
      const row1 = inside(top + 1, height) * width * channels;
      for (let channel = 0; channel < channels; channel += 1, target += 1) {
        out[target] =
          data[row0 + column0 + channel]! * (1 - ty) * (1 - tx) +
          data[row0 + column1 + channel]! * (1 - ty) * tx +
          data[row1 + column0 + channel]! * ty * (1 - tx) +
          data[row1 + column1 + channel]! * ty * tx;
      }
    }
  }
  return { width, height, channels, data: out };
}
