import type { Random } from "@fledge/random";

import { shade } from "./colour.ts";
import { between, chance } from "./draw.ts";
import { bezier, plus, polar, type Box, type Point } from "./geometry.ts";
import { paintLeaf } from "./leaf.ts";
import type { Sketch } from "./sketch.ts";

interface Frame {
  readonly width: number;
  readonly height: number;
}

/** Grows something across the given place. */
type Growth = (sketch: Sketch, random: Random, place: Point, frame: Frame, leaves: readonly string[]) => void;

const sprig: Growth = (sketch, random, place, frame, leaves) => {
  const size = Math.min(frame.width, frame.height);
  const fromDeg = between(random, 0, 360);
  const root = plus(place, polar(0.9 * size, fromDeg));
  const stem = bezier(root, plus(place, polar(0.3 * size, fromDeg + 40)), place, 8);
  sketch.line(stem, shade("#5c4a39", between(random, -0.2, 0.3)), size * between(random, 0.008, 0.022));
  for (const joint of stem.slice(3)) {
    for (let i = 0; i < 2; i += 1)
      paintLeaf(sketch, random, joint, size * between(random, 0.07, 0.17), random.choice(leaves));
  }
};

const twig: Growth = (sketch, random, place, frame) => {
  const size = Math.min(frame.width, frame.height);
  const slopeDeg = between(random, 0, 180);
  const colour = shade("#6b5a48", between(random, -0.4, 0.3));
  const ends = [1, -1].map((side) => plus(place, polar(side * 1.3 * size, slopeDeg + between(random, -8, 8))));
  sketch.line([ends[0]!, place, ends[1]!], colour, size * between(random, 0.012, 0.034));
};

const blades: Growth = (sketch, random, place, frame, leaves) => {
  for (let i = random.integer(3, 8); i > 0; i -= 1) {
    const x = place.x + between(random, -0.22, 0.22) * frame.width;
    const tip = {
      x: x + between(random, -0.16, 0.16) * frame.width,
      y: place.y - between(random, -0.1, 0.18) * frame.height,
    };
    const width = frame.width * between(random, 0.008, 0.022);
    const blade = bezier({ x, y: frame.height + 3 }, { x, y: 0.5 * (tip.y + frame.height) }, tip, 7);
    const back = bezier(
      tip,
      { x: x + width, y: 0.5 * (tip.y + frame.height) },
      { x: x + width, y: frame.height + 3 },
      7,
    );
    sketch.shape([...blade, ...back], shade(random.choice(leaves), between(random, -0.35, 0.2)));
  }
};

const GROWTHS = [sprig, twig, blades] as const;

/** Paints what stands between the viewer and a bird in `box`; with the chance `occlusion` anything at all. */
export function paintForeground(
  sketch: Sketch,
  random: Random,
  box: Box,
  frame: Frame,
  leaves: readonly string[],
  occlusion: number,
): void {
  if (!chance(random, occlusion)) return;
  for (let i = random.integer(1, 3); i > 0; i -= 1) {
    const place = {
      x: box.x + between(random, -0.1, 1.1) * box.width,
      y: box.y + between(random, -0.05, 1.05) * box.height,
    };
    random.choice(GROWTHS)(sketch, random, place, frame, leaves);
  }
}
