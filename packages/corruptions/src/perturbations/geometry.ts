import type { RgbImage } from "../raster/raster.ts";
import type { Position } from "./warp.ts";

type Size = Pick<RgbImage, "width" | "height">;

/**
 * The inverse of torchvision's affine: turns clockwise by `angleDeg` and enlarges by `scale` about the centre, which is
 * half a pixel further on than the middle in the torchvision of 2018 that made ImageNet-P.
 */
export function turnedAndScaled({ width, height }: Size, angleDeg: number, scale: number): Position {
  const angle = (angleDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [centreX, centreY] = [width / 2 + 0.5, height / 2 + 0.5];
  return (x, y) => {
    const [dx, dy] = [x - centreX, y - centreY];
    return [cos * dx + sin * dy + centreX, -sin * dx + cos * dy + centreY];
  };
}

/**
 * The inverse of the picture plane tilted by the same angle about its two axes, seen from as far away as its diagonal
 * is long.
 */
export function tilted({ width, height }: Size, angleDeg: number): Position {
  const angle = (angleDeg * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const distance = Math.hypot(width, height);
  // The plane's point (u, v) about the centre, turned about the y axis and then about the x axis, with the eye's
  // distance added to its depth; both turns take the plane's own depth, 1 in the published matrices, along.
  const xRow = [cos, 0, -sin] as const;
  const yRow = [-sin * sin, cos, -sin * cos] as const;
  const depthRow = [cos * sin, sin, cos * cos + distance] as const;
  const toPicture = [
    xRow.map((value, i) => distance * value + (width / 2) * depthRow[i]!),
    yRow.map((value, i) => distance * value + (height / 2) * depthRow[i]!),
    depthRow,
  ] as const;
  const inverse = inverseOf(toPicture);
  // The published matrix counts positions from the first pixel's centre.
  return (x, y) => {
    const at = (row: number): number =>
      inverse[row]![0]! * (x - 0.5) + inverse[row]![1]! * (y - 0.5) + inverse[row]![2]!;
    const depth = at(2);
    return [at(0) / depth + width / 2 + 0.5, at(1) / depth + height / 2 + 0.5];
  };
}

/** The adjugate of a 3 x 3 matrix: its inverse but for a factor, which a projective map does not feel. */
function inverseOf([[a, b, c], [d, e, f], [g, h, i]]: readonly (readonly number[])[]): number[][] {
  return [
    [e! * i! - f! * h!, c! * h! - b! * i!, b! * f! - c! * e!],
    [f! * g! - d! * i!, a! * i! - c! * g!, c! * d! - a! * f!],
    [d! * h! - e! * g!, b! * g! - a! * h!, a! * e! - b! * d!],
  ];
}
