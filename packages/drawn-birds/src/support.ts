import type { Random } from "@fledge/random";

import { mixColour, shade } from "./colour.ts";
import { between, chance } from "./draw.ts";
import { plus, polar, type Point } from "./geometry.ts";
import { paintLeaf } from "./leaf.ts";
import type { Sketch } from "./sketch.ts";
import { Tube } from "./tube.ts";

/** What a bird stands on. */
export type Support = "branch" | "ground" | "post" | "stalk";

const BARK = ["#5c4a39", "#7b6a58", "#8d8576", "#463a30", "#9a7b5a"] as const;

/** Draws what kind of place the bird stands on; alike for all species. */
export function drawSupport(random: Random): Support {
  const draw = random.float();
  return draw < 0.55 ? "branch" : draw < 0.8 ? "ground" : draw < 0.9 ? "post" : "stalk";
}

interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Paints a branch, post or stalk under the foot, in pixels of the picture. */
export function paintSupport(
  sketch: Sketch,
  random: Random,
  support: Support,
  foot: Point,
  frame: Frame,
  leaves: readonly string[],
): void {
  const size = Math.min(frame.width, frame.height);
  const bark = mixColour(random.choice(BARK), random.choice(BARK), 0.4);
  if (support === "branch") {
    const radius = size * between(random, 0.014, 0.045);
    const slopeDeg = between(random, -14, 14);
    const middle = plus(foot, { x: 0, y: radius * 0.65 });
    const ends = chance(random, 0.3) ? [0.25, 1] : [1, 1];
    const station = (side: number, share: number): Point & { radius: number } => ({
      ...plus(plus(middle, polar(side * share * frame.width * 0.75, slopeDeg)), {
        x: 0,
        y: share * between(random, -9, 9),
      }),
      radius: radius * (1 - 0.3 * side * share * between(random, 0, 1)),
    });
    const [left, right] = ends as [number, number];
    paintWood(
      sketch,
      random,
      new Tube([
        station(1, right),
        station(1, right / 2),
        { ...middle, radius },
        station(-1, left / 2),
        station(-1, left),
      ]),
      bark,
      radius,
    );
    for (let i = random.integer(0, 5); i > 0; i -= 1) {
      const root = plus(middle, polar(between(random, -0.5, 0.5) * frame.width, slopeDeg));
      paintLeaf(sketch, random, root, size * between(random, 0.07, 0.14), random.choice(leaves));
    }
  } else if (support === "post") {
    const radius = size * between(random, 0.05, 0.1);
    const top = plus(foot, { x: between(random, -0.4, 0.4) * radius, y: 0.5 });
    const wood = new Tube([
      { ...plus(top, { x: 0, y: frame.height }), radius: radius * 1.05 },
      { ...top, radius },
    ]);
    paintWood(sketch, random, wood, mixColour(bark, "#a39a8c", 0.4), radius);
    sketch.ellipse(top, radius, 0.22 * radius, shade(bark, 0.35));
  } else if (support === "stalk") {
    for (let i = 0; i < 3; i += 1) {
      const shift = i === 0 ? 0 : between(random, -0.3, 0.3) * frame.width;
      const lean = between(random, -0.12, 0.12) * frame.height;
      const colour = shade(random.choice(leaves), between(random, -0.2, 0.2));
      sketch.line(
        [
          { x: foot.x + shift - lean, y: frame.height + 4 },
          { x: foot.x + shift, y: foot.y },
          { x: foot.x + shift + 0.4 * lean, y: foot.y - between(random, 0.3, 0.7) * frame.height },
        ],
        colour,
        size * 0.018,
      );
    }
  }
}

/** Wood seen from the side: bark lines, light from above. */
function paintWood(sketch: Sketch, random: Random, wood: Tube, bark: string, radius: number): void {
  sketch.shape(wood.region(0, 1, -1, 1, 24), bark);
  sketch.shape(wood.region(0, 1, 0.3, 1, 24), shade(bark, -0.4), 0.55);
  sketch.shape(wood.region(0, 1, -0.9, -0.4, 24), shade(bark, 0.35), 0.5);
  for (let i = 0; i < 14; i += 1) {
    const [s, v] = [between(random, 0, 0.9), between(random, -0.8, 0.8)];
    const colour = shade(bark, chance(random, 0.6) ? -0.45 : 0.3);
    sketch.line(wood.edge(s, s + between(random, 0.04, 0.14), v, 4), colour, Math.max(0.5, 0.16 * radius), 0.7);
  }
}
