import { shade } from "../colour.ts";
import { turn, type Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import type { Sketch } from "../sketch.ts";
import type { Species, TailForm } from "../species/species.ts";
import { feather } from "./feather.ts";
import type { Skeleton } from "./skeleton.ts";

/** A feather's length by its place: 0 the middle feather, 1 the outermost. */
const LENGTHS: Record<TailForm, (outward: number) => number> = {
  square: () => 1,
  forked: (outward) => 0.7 + 0.34 * outward,
  fan: (outward) => 1 - 0.14 * outward * outward,
  wedge: (outward) => 1 - 0.42 * outward,
};

const FEATHERS_PER_SIDE = 3;

/** Paints the tail and returns the middle of it. */
export function paintTail(sketch: Sketch, skeleton: Skeleton, species: Species, pose: Pose): Point {
  const { tail, proportions } = species;
  const rearward = turn({ x: -skeleton.forward.x, y: -skeleton.forward.y }, pose.tailDeg);
  const root = skeleton.torso.at(0.96, 0);
  const spreadDeg = pose.tailSpreadDeg * (tail.form === "fan" ? 1.5 : 1);
  const widest = tail.form === "fan" ? 1.15 : 1;
  // From the outermost feathers to the middle one, which lies on top.
  for (let rank = FEATHERS_PER_SIDE; rank >= 0; rank -= 1) {
    for (const side of rank === 0 ? [1] : [1, -1]) {
      const outward = rank / FEATHERS_PER_SIDE;
      const direction = turn(rearward, (side * outward * spreadDeg) / 2);
      const length = (proportions.tailLength + 8) * LENGTHS[tail.form](outward);
      const blade = feather(
        root,
        direction,
        length,
        0.62 * widest * proportions.tailWidth,
        tail.form === "forked" ? 0.6 : 0.1,
      );
      const colour = rank === FEATHERS_PER_SIDE ? (tail.outer ?? tail.colour) : tail.colour;
      sketch.shape(blade.region(0, 1), shade(colour, 0.05 * ((rank % 2) - 0.5)), 1, {
        colour: shade(colour, -0.35),
        width: 0.6,
      });
      for (let band = 0; band < tail.bandCount; band += 1) {
        const s = 0.3 + (0.56 * band) / tail.bandCount;
        sketch.shape(blade.region(s, s + 0.22 / tail.bandCount, -1, 1, 4), tail.band);
      }
      if (tail.tip !== undefined) sketch.shape(blade.region(0.9, 1, -1, 1, 4), tail.tip);
    }
  }
  return feather(root, rearward, proportions.tailLength, 1).at(0.55, 0);
}
