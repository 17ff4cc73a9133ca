import type { Random } from "@fledge/random";

import { shade } from "./colour.ts";
import { between } from "./draw.ts";
import { bezier, mix, plus, polar, type Point } from "./geometry.ts";
import type { Sketch } from "./sketch.ts";

/** One leaf with a midrib, from its root in a drawn direction; lengths in pixels. */
export function paintLeaf(sketch: Sketch, random: Random, root: Point, length: number, colour: string): void {
  const directionDeg = between(random, 0, 360);
  const tip = plus(root, polar(length, directionDeg));
  const belly = between(random, 0.25, 0.55) * length;
  const middle = mix(root, tip, 0.45);
  const tone = shade(colour, between(random, -0.3, 0.25));
  const left = bezier(root, plus(middle, polar(belly, directionDeg + 90)), tip, 9);
  const right = bezier(tip, plus(middle, polar(belly, directionDeg - 90)), root, 9);
  sketch.shape([...left, ...right], tone);
  sketch.shape([...right, tip], shade(tone, -0.3), 0.4);
  sketch.line([root, tip], shade(tone, 0.25), Math.max(0.5, 0.05 * length), 0.7);
}
