import { shade } from "../colour.ts";
import { plus, type Point } from "../geometry.ts";
import type { Sketch } from "../sketch.ts";
import type { Species } from "../species/species.ts";
import { Tube } from "../tube.ts";
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
  const slant = blade.edge(0.5, 0.44, (s) => -1 + (0.52 - s) * 25);
  sketch.shape([...blade.edge(0, 0.52, -1), ...slant, ...blade.edge(0.4, 0, 1)], wing.coverts);
  paintScales(sketch, blade, wing.coverts);
  for (let bar = 0; bar < wing.barCount; bar += 1) {
    const s = 0.43 - 0.15 * bar;
    const front = blade.edge(s + 0.03, s - 0.02, (t) => -0.7 + (s + 0.03 - t) * 32, 8);
    const rear = blade.edge(s - 0.065, s - 0.015, (t) => 0.9 - (t - s + 0.065) * 32, 8);
    sketch.shape([...front, ...rear], wing.bar);
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
function paintScales(sketch: Sketch, blade: Tube, colour: string): void {
  for (let row = 0; row < 4; row += 1) {
    const s = 0.1 + 0.09 * row;
    for (let i = -3; i <= 3; i += 1) {
      const v = 0.27 * (i + 0.5 * (row % 2));
      if (Math.abs(v) > 0.88) continue;
      const half = 0.135 - 0.027 * s;
      const arc = [-1, -0.5, 0, 0.5, 1].map((t) => blade.at(s + 0.05 - 0.055 * t * t, v + half * t));
      sketch.line(arc, shade(colour, -0.3), 0.9, 0.5);
    }
  }
}
