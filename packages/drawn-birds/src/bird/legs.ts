import { shade } from "../colour.ts";
import { plus, polar, type Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import type { Sketch } from "../sketch.ts";
import type { Species } from "../species/species.ts";
import type { Skeleton } from "./skeleton.ts";

export interface Legs {
  /** The two feet, near first. */
  feet: readonly [Point, Point];
  joints: readonly [Point[], Point[]];
}

/** Both legs: standing on one level, or trailing behind a bird in flight. */
export function placeLegs(skeleton: Skeleton, species: Species, pose: Pose): Legs {
  const length = species.proportions.legLength;
  const hip = skeleton.torso.at(0.76, 0.7);
  const leg = (shift: number, swingDeg: number): Point[] => {
    const top = plus(hip, skeleton.forward, shift);
    if (pose.wings === "flight") {
      const rearDeg = 180 + pose.bodyDeg + swingDeg;
      return [top, plus(top, polar(0.4 * length, rearDeg)), plus(top, polar(length, rearDeg - 4))];
    }
    const knee = plus(top, polar(0.5 * length, 256 + swingDeg));
    return [top, knee, plus(knee, polar(0.62 * length, 280 + 0.5 * swingDeg))];
  };
  const near = leg(-3, pose.legDeg);
  const far = leg(6, -pose.legDeg);
  const ground = near.at(-1)!.y;
  far[2] = { x: far[2]!.x, y: pose.wings === "flight" ? far[2]!.y : ground - 1.5 };
  return { feet: [near[2]!, far[2]], joints: [near, far] };
}

export function paintLeg(
  sketch: Sketch,
  joints: readonly Point[],
  species: Species,
  far: boolean,
  standing: boolean,
): void {
  const colour = far ? shade(species.legs, -0.25) : species.legs;
  const width = 2.6 + 0.012 * species.proportions.legLength;
  sketch.line(joints, colour, width);
  const foot = joints.at(-1)!;
  const toes = standing
    ? [
        [8, 2.2],
        [6, 3.6],
        [-5, 2.4],
      ]
    : [
        [-5, -1],
        [-4, 2],
        [3, 1],
      ];
  for (const [x, y] of toes) sketch.line([foot, plus(foot, { x: x!, y: y! })], colour, 0.75 * width);
}
