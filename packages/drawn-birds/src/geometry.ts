/** Plane geometry of the painter: x to the right, y down, angles in degrees counter-clockwise from +x. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box with its corner (x, y) at the upper left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const RADIANS_PER_DEGREE = Math.PI / 180;

export function cosDeg(angleDeg: number): number {
  return Math.cos(angleDeg * RADIANS_PER_DEGREE);
}

export function sinDeg(angleDeg: number): number {
  return Math.sin(angleDeg * RADIANS_PER_DEGREE);
}

/** The point `length` away from the origin at `angleDeg`; 90 is up the page. */
export function polar(length: number, angleDeg: number): Point {
  return { x: length * cosDeg(angleDeg), y: -length * sinDeg(angleDeg) };
}

/** a + scale * b. */
export function plus(a: Point, b: Point, scale = 1): Point {
  return { x: a.x + scale * b.x, y: a.y + scale * b.y };
}

export function mix(a: Point, b: Point, t: number): Point {
  return { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t };
}

/** Turns a vector counter-clockwise as seen on the page. */
export function turn(vector: Point, angleDeg: number): Point {
  const [c, s] = [cosDeg(angleDeg), sinDeg(angleDeg)];
  return { x: vector.x * c + vector.y * s, y: vector.y * c - vector.x * s };
}

/** A quadratic Bezier curve, sampled at `count` points. */
export function bezier(a: Point, control: Point, b: Point, count: number): Point[] {
  return Array.from({ length: count }, (_, i) => {
    const t = i / (count - 1);
    return mix(mix(a, control, t), mix(control, b, t), t);
  });
}

/** Value and slope at t in [0, 1] of the Catmull-Rom curve through evenly spaced `values`. */
export function catmullRom(values: readonly number[], t: number): { value: number; slope: number } {
  const last = values.length - 1;
  const i = Math.min(last - 1, Math.max(0, Math.floor(t * last)));
  const u = t * last - i;
  const b = values[i]!;
  const c = values[i + 1]!;
  const a = values[i - 1] ?? 2 * b - c;
  const d = values[i + 2] ?? 2 * c - b;
  const [k1, k2, k3] = [c - a, 2 * a - 5 * b + 4 * c - d, 3 * b - a - 3 * c + d];
  return {
    value: b + 0.5 * u * (k1 + u * (k2 + u * k3)),
    slope: 0.5 * (k1 + u * (2 * k2 + u * 3 * k3)) * last,
  };
}
