import { shade } from "../colour.ts";
import { mix, plus, turn, type Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import type { Sketch } from "../sketch.ts";
import type { Species } from "../species/species.ts";
import { feather } from "./feather.ts";
import type { Skeleton } from "./skeleton.ts";

/** An open wing: an arm of two bones from which the feathers fan. Returns its middle. */
export function paintOpenWing(sketch: Sketch, skeleton: Skeleton, species: Species, pose: Pose, far: boolean): Point {
  const { wing, proportions } = species;
  const tone = far ? -0.22 : 0;
  const leadDeg = pose.wingDeg - (far ? 34 : 0);
  const lead = turn({ x: 1, y: 0 }, leadDeg);
  const reach = 1.15 * proportions.wingLength;
  const wrist = plus(skeleton.shoulder, lead, 0.42 * reach);
  const handDeg = leadDeg + 18;
  const flight = shade(wing.flight, tone);
  const paint = (root: Point, angleDeg: number, length: number, outer: boolean): void => {
    const blade = feather(
      root,
      turn({ x: 1, y: 0 }, angleDeg),
      length,
      (outer ? 0.15 : 0.17) * reach,
      outer ? 0.7 : 0.3,
    );
    sketch.shape(blade.region(0, 1), flight, 1, { colour: shade(flight, -0.35), width: 0.7 });
    sketch.line(blade.edge(0.2, 0.92, 0, 3), shade(flight, 0.3), 0.6, 0.7);
    if (wing.patch !== undefined) sketch.shape(blade.region(0.34, 0.56), shade(wing.patch, tone));
    if (wing.tip !== undefined && outer) sketch.shape(blade.region(0.6, 1), shade(wing.tip, tone));
  };
  const backwardsDeg = handDeg + pose.wingFanDeg;
  for (let i = 0; i <= 5; i += 1) {
    paint(mix(skeleton.shoulder, wrist, i / 5), backwardsDeg - 5 * i + 14, reach * (0.34 + 0.02 * i), false);
  }
  for (let i = 6; i >= 0; i -= 1) {
    const share = i / 6;
    paint(wrist, handDeg + (pose.wingFanDeg - 14) * share, reach * (0.7 - 0.26 * share), true);
  }
  const inward = turn({ x: 1, y: 0 }, backwardsDeg - 10);
  const hand = plus(wrist, turn({ x: 1, y: 0 }, handDeg), 0.3 * reach);
  const coverts = shade(wing.coverts, tone);
  const trailing = [
    plus(hand, inward, 0.04 * reach),
    plus(wrist, inward, 0.2 * reach),
    plus(mix(skeleton.shoulder, wrist, 0.5), inward, 0.22 * reach),
    plus(skeleton.shoulder, inward, 0.2 * reach),
  ];
  sketch.shape(
    [plus(skeleton.shoulder, lead, -0.05 * reach), plus(wrist, lead, 0.03 * reach), hand, ...trailing],
    coverts,
  );
  for (let bar = 0; bar < wing.barCount; bar += 1) {
    const share = 1 - 0.4 * bar;
    const along = [wrist, mix(skeleton.shoulder, wrist, 0.5), skeleton.shoulder];
    sketch.line(
      along.map((point) => plus(point, inward, 0.2 * reach * share)),
      shade(wing.bar, tone),
      3.6,
    );
  }
  return mix(wrist, trailing[1]!, 0.5);
}
