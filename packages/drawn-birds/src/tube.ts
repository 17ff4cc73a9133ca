import { catmullRom, type Point } from "./geometry.ts";

/** A point of a tube's spine with the tube's radius there. */
export interface Station extends Point {
  readonly radius: number;
}

/** A value, or a value that changes along a tube. */
export type Along = number | ((s: number) => number);

function valueAt(along: Along, s: number): number {
  return typeof along === "number" ? along : along(s);
}

/**
 * A smooth shape about a spine: torso, wing and feathers are tubes. A place on it is named (s, v): s runs from 0 to 1
 * through evenly numbered stations, v from -1 to 1 across. On a spine that runs to the left, v = -1 is the upper edge.
 * So a breast band is a range of s and v on any body, in any pose.
 */
export class Tube {
  readonly #xs: readonly number[];
  readonly #ys: readonly number[];
  readonly #radii: readonly number[];

  constructor(stations: readonly Station[]) {
    this.#xs = stations.map((station) => station.x);
    this.#ys = stations.map((station) => station.y);
    this.#radii = stations.map((station) => station.radius);
  }

  at(s: number, v: number): Point {
    const x = catmullRom(this.#xs, s);
    const y = catmullRom(this.#ys, s);
    const radius = Math.max(0, catmullRom(this.#radii, s).value);
    const length = Math.hypot(x.slope, y.slope) || 1;
    return { x: x.value + (y.slope / length) * radius * v, y: y.value - (x.slope / length) * radius * v };
  }

  /** Points along s from `from` to `to` at the given v. */
  edge(from: number, to: number, v: Along, count = 14): Point[] {
    return Array.from({ length: count }, (_, i) => {
      const s = from + ((to - from) * i) / (count - 1);
      return this.at(s, valueAt(v, s));
    });
  }

  /** The closed outline of the part between two values of s and two of v. */
  region(from: number, to: number, top: Along = -1, bottom: Along = 1, count = 14): Point[] {
    return [...this.edge(from, to, top, count), ...this.edge(to, from, bottom, count)];
  }

  /** The direction of the spine at s, of length 1. */
  direction(s: number): Point {
    const [dx, dy] = [catmullRom(this.#xs, s).slope, catmullRom(this.#ys, s).slope];
    const length = Math.hypot(dx, dy) || 1;
    return { x: dx / length, y: dy / length };
  }
}
