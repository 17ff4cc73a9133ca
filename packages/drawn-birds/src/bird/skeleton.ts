import { bezier, mix, plus, polar, sinDeg, cosDeg, turn, type Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import type { Proportions } from "../species/species.ts";
import { Tube } from "../tube.ts";

/** Where the parts of one bird meet, in hundredths of its torso, before it is turned, mirrored and placed. */
export interface Skeleton {
  /** From the head (s = 0) by neck base (1/3), chest (1/2), belly (2/3) and pelvis (5/6) to the tail's root (1). */
  torso: Tube;
  head: Point;
  headRadius: number;
  shoulder: Point;
  tailRoot: Point;
  /** From the back of the head to the middle of the back, hollow as feathers lie; ten points. */
  napeLine: Point[];
  /** Unit vector from rear to front, and the one from belly to back. */
  forward: Point;
  up: Point;
}

export function buildSkeleton(proportions: Proportions, pose: Pose): Skeleton {
  const forward = { x: cosDeg(pose.bodyDeg), y: -sinDeg(pose.bodyDeg) };
  const up = { x: -sinDeg(pose.bodyDeg), y: -cosDeg(pose.bodyDeg) };
  const place = (along: number, above: number): Point => plus(plus({ x: 0, y: 0 }, forward, along), up, above);

  const depth = proportions.bodyDepth;
  const headRadius = proportions.headSize;
  const neckBase = place(36, 0.3 * depth);
  const chest = place(24, 0);
  const neckLength = proportions.neckLength * pose.neckStretch;
  const head = plus(neckBase, polar(neckLength + 0.72 * headRadius, pose.neckDeg));
  const neckRadius = neckLength > 12 ? 0.62 * headRadius : 0.9 * headRadius;
  const neckMiddle = mix(neckBase, head, 0.5);
  const tailRoot = place(-52, 0.12 * depth);
  const torso = new Tube([
    { ...head, radius: 0.86 * headRadius },
    { ...plus(neckMiddle, forward, neckLength > 12 ? -0.16 * neckLength : 0), radius: neckRadius },
    { ...neckBase, radius: Math.max(neckRadius, 0.72 * depth) },
    { ...chest, radius: 0.98 * depth },
    { ...place(-6, -0.06 * depth), radius: depth },
    { ...place(-32, 0), radius: 0.62 * depth },
    { ...tailRoot, radius: 0.24 * depth },
  ]);
  const backwards = turn(polar(1, pose.neckDeg), 82);
  const napeTop = plus(head, backwards, 0.93 * headRadius);
  const napeEnd = torso.at(0.58, -1);
  const hollow = plus(mix(plus(neckBase, backwards, 0.8 * headRadius), napeEnd, 0.3), up, 0.06 * depth);
  const napeLine = bezier(napeTop, hollow, napeEnd, 10);
  return { torso, napeLine, head, headRadius, shoulder: torso.at(0.46, -0.18), tailRoot, forward, up };
}
