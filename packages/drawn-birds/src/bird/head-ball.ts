import { cosDeg, plus, sinDeg, turn, type Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import type { Skeleton } from "./skeleton.ts";

/** An elevation that depends on the azimuth. */
export type Edge = (azimuthDeg: number) => number;

/**
 * The head as a ball that can turn. A place on it is an azimuth from the beak (above 0 on the viewer's side when the
 * bird is in profile) and an elevation, in degrees.
 */
export class HeadBall {
  readonly #centre: Point;
  readonly radius: number;
  readonly yawDeg: number;
  readonly pitchDeg: number;

  constructor(skeleton: Skeleton, pose: Pose) {
    this.#centre = skeleton.head;
    this.radius = skeleton.headRadius;
    this.yawDeg = pose.headYawDeg;
    this.pitchDeg = pose.headPitchDeg;
  }

  /** A point of the head's plane given right of and above its centre, in radii, moved with the head's pitch. */
  plane(right: number, above: number): Point {
    const tilt = this.pitchDeg * (cosDeg(this.yawDeg) < 0 ? -1 : 1);
    return plus(this.#centre, turn({ x: right * this.radius, y: -above * this.radius }, tilt));
  }

  at(azimuthDeg: number, elevationDeg: number): Point {
    const flat = cosDeg(elevationDeg);
    return this.plane(1.06 * flat * cosDeg(this.yawDeg + azimuthDeg), 0.97 * sinDeg(elevationDeg));
  }

  /** How much the place looks at the viewer: 1 full, 0 on the outline, below 0 hidden. */
  facing(azimuthDeg: number): number {
    return sinDeg(this.yawDeg + azimuthDeg);
  }

  /** The seen part of a patch between two azimuths, whose lower and upper edges may slope with the azimuth. */
  patch(from: number, to: number, lower: Edge, upper: Edge): Point[][] {
    const pieces: Point[][] = [];
    for (const whole of [-360, 0, 360]) {
      const start = Math.max(from, whole - this.yawDeg);
      const end = Math.min(to, whole + 180 - this.yawDeg);
      if (end - start < 1) continue;
      const steps = Array.from({ length: 11 }, (_, i) => i / 10);
      const azimuths = steps.map((t) => start + (end - start) * t);
      // The sides are sampled too: where the patch meets the outline they follow it.
      const side = (azimuth: number): Point[] =>
        steps.map((t) => this.at(azimuth, lower(azimuth) + (upper(azimuth) - lower(azimuth)) * t));
      pieces.push([
        ...side(start),
        ...azimuths.map((azimuth) => this.at(azimuth, upper(azimuth))),
        ...side(end).reverse(),
        ...azimuths.reverse().map((azimuth) => this.at(azimuth, lower(azimuth))),
      ]);
    }
    return pieces;
  }
}
