import type { Random } from "@fledge/random";

import { between } from "../draw.ts";
import { cosDeg, type Point } from "../geometry.ts";
import type { Sketch } from "../sketch.ts";
import type { Species } from "../species/species.ts";
import type { HeadBall } from "./head-ball.ts";

/** Feathers that rise from the crown: one point or a shaggy row. */
export function paintCrest(sketch: Sketch, ball: HeadBall, species: Species, random: Random): void {
  if (species.crest === "none") return;
  const raised = between(random, 0.55, 1.1);
  const length = (species.proportions.crestLength / ball.radius) * raised;
  const back = -cosDeg(ball.yawDeg);
  const colour = species.head.marks.hood ?? species.head.marks.cap ?? species.head.base;
  const tuft = (rootFrom: number, rootTo: number, backwards: number, height: number): Point[] => [
    ball.plane(-back * rootFrom, 0.97 * Math.sqrt(Math.max(0, 1 - rootFrom * rootFrom))),
    ball.plane(back * (backwards - 0.3 * length), height - 0.12),
    ball.plane(back * backwards, height),
    ball.plane(back * rootTo, 0.9 * Math.sqrt(Math.max(0, 1 - rootTo * rootTo))),
  ];
  if (species.crest === "pointed") {
    sketch.shape(tuft(0.62, 0.85, 0.55 + 0.5 * length, 0.85 + 0.75 * length), colour);
  } else {
    for (let i = 0; i < 5; i += 1) {
      const lean = 0.15 + 0.2 * i;
      const height = 1 + length * (0.75 - 0.12 * i);
      sketch.shape(tuft(0.3 - 0.12 * i, 0.35 + 0.12 * i, lean + 0.4 * length, height), colour);
    }
  }
}
