import type { Random } from "@fledge/random";

/** A draw of the gamma distribution of a shape above 0 and scale 1 (Marsaglia and Tsang 2000, with their step below 1). */
function gamma(draw: Random, shape: number): number {
  if (shape < 1) return gamma(draw, shape + 1) * (1 - draw.float()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = draw.normal();
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - draw.float()) < x ** 2 / 2 + d * (1 - v + Math.log(v))) return d * v;
  }
}

/**
 * A draw of Beta(a, b) in 0..1. Where both gamma draws of tiny shapes vanish it is 0 or 1, as the distribution then
 * nearly is. @throws RangeError for an a or b that is not above 0
 */
export function beta(draw: Random, a: number, b: number): number {
  if (!(a > 0 && b > 0 && a < Infinity && b < Infinity))
    throw new RangeError(`beta: a is ${a} and b is ${b}; give finite numbers above 0`);
  const [x, y] = [gamma(draw, a), gamma(draw, b)];
  if (x + y > 0) return x / (x + y);
  return draw.float() < a / (a + b) ? 1 : 0;
}
