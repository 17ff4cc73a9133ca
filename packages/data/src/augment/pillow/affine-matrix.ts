/**
 * (a, b, c, d, e, f): output pixel (x, y) takes the input at (a x' + b y' + c, d x' + e y' + f),
 * where x' = x + 0.5 and y' = y + 0.5 are the pixel's centre.
 */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/** The matrix of Image.rotate: counter-clockwise about the centre of the image. */
export function rotationMatrix(width: number, height: number, angleDeg: number): AffineMatrix {
  const angle = -positiveModulo(angleDeg, 360) * (Math.PI / 180);
  const cos = round15(Math.cos(angle));
  const sin = round15(Math.sin(angle));
  const centerX = width / 2;
  const centerY = height / 2;
  const c = cos * -centerX + sin * -centerY + centerX;
  const f = -sin * -centerX + cos * -centerY + centerY;
  return [cos, sin, c, -sin, cos, f];
}

/** Python's %: the sign of the divisor. */
function positiveModulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** Python's round(value, 15), as Image.rotate rounds its sines, so that a right angle leaves no residue. */
function round15(value: number): number {
  return Number(value.toFixed(15));
}
