import { shade } from "../colour.ts";
import { mix, plus, turn, type Point } from "../geometry.ts";
import type { Pose } from "../pose.ts";
import type { Sketch } from "../sketch.ts";
import type { Species } from "../species.ts";
import { Tube } from "../tube.ts";
import { feather } from "./feather.ts";
import type { Skeleton } from "./skeleton.ts";

/** The near wing laid along the body. Returns its middle. */
export function paintFoldedWing(sketch: Sketch, skeleton: Skeleton, species: Species): Point {
  const { wing, proportions } = species;
  const depth = proportions.bodyDepth;
  const { shoulder, forward, up } = skeleton;
  const place = (behind: number, above: number): Point => plus(plus(shoulder, forward, -behind), up, above);
  const reach = proportions.wingLength;
  const blade = new Tube([
    { ...place(-10, -2), radius: 0.06 * depth },
    { ...place(0.12 * reach, -0.12 * depth), radius: 0.55 * depth },
    { ...place(0.32 * reach, -0.16 * depth), radius: 0.66 * depth },
    { ...place(0.56 * reach, -0.06 * depth), radius: 0.45 * depth },
    { ...place(0.8 * reach, 0.04 * depth), radius: 0.2 * depth },
    { ...place(reach, 0), radius: 0.5 },
  ]);
  const under = blade.region(0, 1, -0.9, 1.12, 24).map((point) => plus(point, { x: 0, y: 2 }));
  sketch.shape(under, shade(species.body.back, -0.55), 0.3);
  sketch.shape(blade.region(0, 1, -1, 1, 28), wing.flight);
  paintQuills(sketch, blade, wing.flight);
  if (wing.patch !== undefined) sketch.shape(blade.region(0.46, 0.6, -0.25, 0.75), wing.patch);
  if (wing.tip !== undefined) sketch.shape(blade.region(0.74, 1, -1, 1), wing.tip);
  const rows = (s: number): number => 0.5 - 0.1 * s;
  sketch.shape([...blade.edge(0, 0.52, -1), ...blade.edge(0.5, 0.44, (s) => -1 + (0.52 - s) * 25), ...blade.edge(0.4, 0, 1)], wing.coverts);
  paintScales(sketch, blade, wing.coverts, rows);
  for (let bar = 0; bar < wing.barCount; bar += 1) {
    const s = 0.43 - 0.15 * bar;
    sketch.shape([...blade.edge(s + 0.03, s - 0.02, (t) => -0.7 + (s + 0.03 - t) * 32, 8),
      ...blade.edge(s - 0.065, s - 0.015, (t) => 0.9 - (t - s + 0.065) * 32, 8)], wing.bar);
  }
  return blade.at(0.4, 0);
}

/** Lines between the long feathers, and their pale edges. */
function paintQuills(sketch: Sketch, blade: Tube, colour: string): void {
  for (let i = -3; i <= 3; i += 1) {
    const v = 0.26 * i;
    sketch.line(blade.edge(0.4, 0.93, v, 8), shade(colour, -0.4), 0.9, 0.8);
    sketch.line(blade.edge(0.4, 0.9, v + 0.07, 8), shade(colour, 0.35), 0.7, 0.6);
  }
}

/** Rows of scale-shaped edges on the coverts. */
function paintScales(sketch: Sketch, blade: Tube, colour: string, size: (s: number) => number): void {
  for (let row = 0; row < 4; row += 1) {
    const s = 0.1 + 0.09 * row;
    for (let i = -3; i <= 3; i += 1) {
      const v = 0.27 * (i + 0.5 * (row % 2));
      if (Math.abs(v) > 0.88) continue;
      const half = 0.27 * size(s);
      const arc = blade.edge(0, 1, 0, 5).map((_, k) => blade.at(s + 0.05 - 0.055 * (k / 2 - 1) ** 2, v + half * (k / 2 - 1)));
      sketch.line(arc, shade(colour, -0.3), 1, 0.7);
    }
  }
}

/** An open wing: an arm of two bones from which the feathers fan. Returns its middle. */
export function paintOpenWing(sketch: Sketch, skeleton: Skeleton, species: Species, pose: Pose, far: boolean): Point {
  const { wing, proportions } = species;
  const tone = far ? -0.22 : 0;
  const leadDeg = pose.wingDeg - (far ? 26 : 0);
  const lead = turn({ x: 1, y: 0 }, leadDeg);
  const reach = 1.05 * proportions.wingLength;
  const wrist = plus(skeleton.shoulder, lead, 0.42 * reach);
  const handDeg = leadDeg + 18;
  const flight = shade(wing.flight, tone);
  const paint = (root: Point, angleDeg: number, length: number, outer: boolean): void => {
    const blade = feather(root, turn({ x: 1, y: 0 }, angleDeg), length, 0.19 * reach, outer ? 0.7 : 0.3);
    sketch.shape(blade.region(0, 1), flight, 1, { colour: shade(flight, -0.35), width: 0.7 });
    sketch.line(blade.edge(0.2, 0.92, 0, 3), shade(flight, 0.3), 0.6, 0.7);
    if (wing.patch !== undefined) sketch.shape(blade.region(0.34, 0.56), shade(wing.patch, tone));
    if (wing.tip !== undefined && outer) sketch.shape(blade.region(0.6, 1), shade(wing.tip, tone));
  };
  const backwardsDeg = handDeg + pose.wingFanDeg;
  for (let i = 0; i <= 5; i += 1) {
    paint(mix(skeleton.shoulder, wrist, i / 5), backwardsDeg - 6 * i + 12, reach * (0.36 + 0.02 * i), false);
  }
  for (let i = 6; i >= 0; i -= 1) {
    paint(wrist, handDeg + (pose.wingFanDeg - 18) * (i / 6), reach * (0.64 - 0.035 * i), true);
  }
  const inward = turn({ x: 1, y: 0 }, backwardsDeg - 10);
  const hand = plus(wrist, turn({ x: 1, y: 0 }, handDeg), 0.3 * reach);
  const coverts = shade(wing.coverts, tone);
  const trailing = [plus(hand, inward, 0.04 * reach), plus(wrist, inward, 0.2 * reach),
    plus(mix(skeleton.shoulder, wrist, 0.5), inward, 0.22 * reach), plus(skeleton.shoulder, inward, 0.2 * reach)];
  sketch.shape([plus(skeleton.shoulder, lead, -0.05 * reach), plus(wrist, lead, 0.03 * reach), hand, ...trailing], coverts);
  for (let bar = 0; bar < wing.barCount; bar += 1) {
    const share = 1 - 0.4 * bar;
    const along = [wrist, mix(skeleton.shoulder, wrist, 0.5), skeleton.shoulder];
    sketch.line(along.map((point) => plus(point, inward, 0.2 * reach * share)), shade(wing.bar, tone), 3.6);
  }
  return mix(wrist, trailing[1]!, 0.5);
}
