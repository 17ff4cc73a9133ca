import type { Random } from "@fledge/random";

import { shade } from "../colour.ts";
import { between } from "../draw.ts";
import { plus } from "../geometry.ts";
import type { Sketch } from "../sketch.ts";
import type { BodyTexture, Species } from "../species/species.ts";
import type { Tube } from "../tube.ts";
import type { Skeleton } from "./skeleton.ts";

/** Ranges of (s, v) on the torso: from, to, top, bottom. */
const PLACES: Record<BodyTexture["place"], readonly [number, number, number, number]> = {
  breast: [0.34, 0.72, 0.15, 0.95],
  flanks: [0.5, 0.86, 0.2, 0.8],
  back: [0.28, 0.72, -0.9, -0.2],
};

/** A line between upper and lower parts that wavers as feathers do. */
function wavering(random: Random, v: number, slope: number): (s: number) => number {
  const phase = between(random, 0, 6.28);
  const size = between(random, 0.02, 0.06);
  return (s) => v + slope * (s - 0.5) + size * Math.sin(40 * s + phase) + 0.5 * size * Math.sin(97 * s + 2 * phase);
}

export function paintTorso(sketch: Sketch, skeleton: Skeleton, species: Species, random: Random): void {
  const { torso } = skeleton;
  const { body, head } = species;
  sketch.shape([skeleton.head, ...skeleton.napeLine, torso.at(0.5, 0)], body.back);
  sketch.shape(torso.region(0, 1, -1, 1, 36), body.back);
  const side = wavering(random, 0.02, -0.12);
  sketch.shape(torso.region(0.2, 1, side, 1, 26), body.breast);
  sketch.shape(
    torso.region(0.52, 1, (s) => side(s) + 0.12, 1, 20),
    body.belly,
  );
  sketch.shape(
    torso.region(0.82, 1, (s) => side(s) + 0.05, 1),
    body.vent,
  );
  if (body.flanks !== undefined) {
    sketch.shape(
      torso.region(0.4, 0.82, side, (s) => 0.62 - 0.5 * Math.abs(s - 0.6)),
      body.flanks,
    );
  }
  if (body.rump !== undefined) sketch.shape(torso.region(0.84, 1, -1, -0.1), body.rump);

  paintFeathering(sketch, torso, species, random);
  for (const texture of body.textures) paintTexture(sketch, torso, texture, random);

  // The head's colour runs down the neck to about its base.
  const neckColour = head.marks.hood ?? head.base;
  const neckEnd = wavering(random, 0.24, 0);
  sketch.shape(torso.region(0, neckEnd(0.1), -1, 1), neckColour);
  sketch.shape([skeleton.head, ...skeleton.napeLine.slice(0, 6), torso.at(0.2, 0)], neckColour);
  if (head.marks.throat !== undefined && head.marks.hood === undefined) {
    sketch.shape(torso.region(0.02, neckEnd(0.3) + 0.02, 0.25, 1), head.marks.throat);
  }
  if (body.breastBand !== undefined) {
    sketch.shape(
      torso.region(0.36, 0.44, (t) => -0.5 + (t - 0.36), 1),
      body.breastBand,
    );
  }
}

/** Short strokes along the body, a little lighter or darker than what they lie on. */
function paintFeathering(sketch: Sketch, torso: Tube, species: Species, random: Random): void {
  for (let i = 0; i < 46; i += 1) {
    const s = between(random, 0.26, 0.92);
    const v = between(random, -0.9, 0.9);
    const base = v < 0 ? species.body.back : s < 0.55 ? species.body.breast : species.body.belly;
    const colour = shade(base, random.float() < 0.5 ? -0.22 : 0.25);
    const length = between(random, 0.03, 0.07);
    sketch.line([torso.at(s, v), torso.at(Math.min(0.99, s + length), v)], colour, 1.6, 0.45);
  }
}

function paintTexture(sketch: Sketch, torso: Tube, texture: BodyTexture, random: Random): void {
  const [from, to, top, bottom] = PLACES[texture.place];
  const [rows, columns] = texture.kind === "bars" ? [1, 8] : [5, 7];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const s = from + ((to - from) * (column + 0.5 * (row % 2) + between(random, 0.2, 0.5))) / columns;
      const v = top + ((bottom - top) * (row + between(random, 0.2, 0.8))) / rows;
      if (texture.kind === "streaks") {
        sketch.line(
          [torso.at(s, v), torso.at(s + between(random, 0.02, 0.04), v)],
          texture.colour,
          between(random, 2, 3),
        );
      } else if (texture.kind === "spots") {
        sketch.ellipse(torso.at(s, v), 2.2, 1.7, texture.colour);
      } else {
        sketch.line(
          torso.edge(s, s + 0.03, (t) => top + ((bottom - top) * (t - s)) / 0.03, 4),
          texture.colour,
          2.4,
        );
      }
    }
  }
}

/** The feathered thigh, from which a leg comes. */
export function paintThigh(sketch: Sketch, skeleton: Skeleton, species: Species, shift: number): void {
  const hip = plus(skeleton.torso.at(0.76, 0.62), skeleton.forward, shift);
  sketch.ellipse(plus(hip, { x: 1, y: 5 }), 7.5, 11, shade(species.body.belly, -0.08), -12);
}
