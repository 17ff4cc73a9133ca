import type { Random } from "@fledge/random";

import type { Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import { Sketch } from "../sketch.ts";
import type { Species } from "../species/species.ts";
import { paintBeak, shapeBeak } from "./beak.ts";
import { paintCrest } from "./crest.ts";
import { paintFoldedWing } from "./folded-wing.ts";
import { HeadBall } from "./head-ball.ts";
import { eyePlace, paintHead } from "./head.ts";
import { paintLeg, placeLegs } from "./legs.ts";
import { paintOpenWing } from "./open-wing.ts";
import type { PartName } from "./parts.ts";
import { buildSkeleton } from "./skeleton.ts";
import { paintTail } from "./tail.ts";
import { paintThigh, paintTorso } from "./torso.ts";

/** A drawn bird in its own coordinates (hundredths of the torso, looking right). */
export interface Bird {
  sketch: Sketch;
  /** Places of the parts that can be seen if nothing stands before the bird. */
  parts: Partial<Record<PartName, Point>>;
  /** Where it stands; undefined in flight. */
  feet: readonly [Point, Point] | undefined;
}

/** Paints the parts from the farthest to the nearest. */
export function paintBird(species: Species, pose: Pose, random: Random): Bird {
  const sketch = new Sketch();
  const skeleton = buildSkeleton(species.proportions, pose);
  const ball = new HeadBall(skeleton, pose);
  const beak = shapeBeak(ball, species);
  const legs = placeLegs(skeleton, species, pose);
  const standing = pose.wings !== "flight";
  const open = pose.wings !== "folded";

  if (open) paintOpenWing(sketch, skeleton, species, pose, true);
  paintLeg(sketch, legs.joints[1], species, true, standing);
  const tail = paintTail(sketch, skeleton, species, pose);
  if (standing) paintThigh(sketch, skeleton, species, 5);
  paintTorso(sketch, skeleton, species, random);
  if (standing) paintThigh(sketch, skeleton, species, -3);
  paintLeg(sketch, legs.joints[0], species, false, standing);
  if (!beak.before) paintBeak(sketch, beak, species);
  paintCrest(sketch, ball, species, random);
  paintHead(sketch, ball, species);
  if (beak.before) paintBeak(sketch, beak, species);
  const wing = open
    ? paintOpenWing(sketch, skeleton, species, pose, false)
    : paintFoldedWing(sketch, skeleton, species);

  const near = eyePlace(ball, 1);
  const far = eyePlace(ball, -1);
  const { torso } = skeleton;
  return {
    sketch,
    feet: standing ? legs.feet : undefined,
    parts: {
      back: torso.at(0.55, -0.9),
      ...(beak.before ? { beak: beak.middle } : {}),
      belly: torso.at(0.7, 0.6),
      breast: torso.at(0.45, 0.6),
      crown: ball.plane(0, 0.8),
      forehead: ball.at(0, 40),
      ...(far.seen ? { "left eye": far.place } : {}),
      ...(near.seen ? { "right eye": near.place } : {}),
      nape: ball.at(180, -10),
      "right wing": wing,
      "right leg": legs.joints[0][1]!,
      "left leg": legs.joints[1][1]!,
      tail,
      throat: ball.at(20, -55),
    },
  };
}
