import { shade } from "../colour.ts";
import { cosDeg, plus, sinDeg, type Point } from "../geometry.ts";
import type { Sketch } from "../sketch.ts";
import type { HeadMark, Species } from "../species/species.ts";
import type { Edge, HeadBall } from "./head-ball.ts";

const flat =
  (elevationDeg: number): Edge =>
  () =>
    elevationDeg;
/** An edge that runs from one elevation at the beak to another at the back of the head. */
const sloping =
  (front: number, back: number): Edge =>
  (azimuth) =>
    front + ((back - front) * Math.abs(azimuth)) / 180;
/** An edge that swells from `middle` by `half` and closes at the azimuth `end`. */
const closing =
  (middle: Edge, half: number, end: number): Edge =>
  (azimuth) =>
    middle(azimuth) + half * Math.sqrt(Math.max(0, 1 - (Math.abs(azimuth) / end) ** 2));

/** From back to front in the order they are painted: azimuth range on one side, lower and upper edge. */
const MARKS: readonly [HeadMark, from: number, to: number, lower: Edge, upper: Edge][] = [
  ["hood", 0, 180, flat(-90), flat(90)],
  ["throat", 0, 78, sloping(-90, -90), sloping(-14, -60)],
  ["cheek", 26, 122, closing(sloping(-14, -26), -26, 122), closing(sloping(-14, -26), 18, 122)],
  ["cap", 0, 180, sloping(16, 20), flat(90)],
  ["eyebrow", 8, 138, closing(sloping(20, 30), -7, 138), closing(sloping(20, 30), 7, 138)],
  ["mask", 4, 122, closing(sloping(2, 0), -19, 122), closing(sloping(2, 0), 20, 122)],
  ["moustache", 14, 84, closing(sloping(-18, -54), -6, 84), closing(sloping(-18, -54), 6, 84)],
];

export function paintHead(sketch: Sketch, ball: HeadBall, species: Species): void {
  const { base, marks } = species.head;
  const angles = Array.from({ length: 28 }, (_, i) => (i * 360) / 28);
  const outline = angles.map((angleDeg) => ball.plane(1.06 * cosDeg(angleDeg), 0.97 * sinDeg(angleDeg)));
  sketch.shape(outline, base);
  for (const [mark, from, to, lower, upper] of MARKS) {
    const colour = marks[mark];
    if (colour === undefined) continue;
    for (const [start, end] of [
      [from, to],
      [-to, -from],
    ] as const) {
      for (const piece of ball.patch(start, end, lower, upper)) sketch.shape(piece, colour, 1, { colour, width: 0.6 });
    }
  }
  for (const side of [1, -1] as const) paintEye(sketch, ball, species, side);
}

const EYE_AZIMUTH_DEG = 54;
const EYE_ELEVATION_DEG = 10;

export function eyePlace(ball: HeadBall, side: 1 | -1): { place: Point; seen: boolean } {
  const azimuth = side * EYE_AZIMUTH_DEG;
  return { place: ball.at(azimuth, EYE_ELEVATION_DEG), seen: ball.facing(azimuth) > 0.12 };
}

function paintEye(sketch: Sketch, ball: HeadBall, species: Species, side: 1 | -1): void {
  const { place, seen } = eyePlace(ball, side);
  if (!seen) return;
  const width = Math.max(0.3, ball.facing(side * EYE_AZIMUTH_DEG));
  const radius = species.proportions.eyeSize;
  const ring = species.head.marks.eyeRing ?? shade(species.head.base, -0.25);
  const ringRadius = species.head.marks.eyeRing === undefined ? 1.22 : 1.75;
  sketch.ellipse(place, ringRadius * radius * width, ringRadius * radius, ring);
  sketch.ellipse(place, radius * width, radius, species.iris);
  sketch.ellipse(place, 0.62 * radius * width, 0.62 * radius, "#0d0b0a");
  sketch.ellipse(plus(place, { x: 0.3 * radius * width, y: -0.36 * radius }), 0.27 * radius, 0.27 * radius, "#ffffff");
}
