import { shade } from "../colour.ts";
import { cosDeg, type Point } from "../geometry.ts";
import type { Sketch } from "../sketch.ts";
import type { BeakForm, Species } from "../species/species.ts";
import type { HeadBall } from "./head-ball.ts";

/** Fall of the tip in beak lengths, share of the depth left at half length, and length of the hook in depths. */
const FORMS: Record<BeakForm, { fall: number; fullness: number; hook: number }> = {
  cone: { fall: 0.1, fullness: 0.6, hook: 0 },
  thin: { fall: 0.06, fullness: 0.5, hook: 0 },
  hook: { fall: 0.08, fullness: 0.85, hook: 0.75 },
  dagger: { fall: 0.02, fullness: 0.58, hook: 0 },
  decurved: { fall: 0.42, fullness: 0.62, hook: 0 },
};

/** Half the beak's depth at t of its length, as a share of half its depth at the root. */
function taper(t: number, fullness: number): number {
  return (1 - t) * (1 + (4 * fullness - 2) * t);
}

export interface Beak {
  upper: Point[];
  lower: Point[];
  middle: Point;
  /** In front of the head, or hidden behind it when the head looks away. */
  before: boolean;
}

export function shapeBeak(ball: HeadBall, species: Species): Beak {
  const { beakLength, beakDepth } = species.proportions;
  const { fall, fullness, hook } = FORMS[species.beak.form];
  const ahead = cosDeg(ball.yawDeg);
  // Seen from the front a beak keeps some width: it is a cone, not a sheet.
  const reach = Math.sign(ahead) * Math.max(Math.abs(ahead), 0.3);
  const root = 0.84 * ahead;
  const place = (t: number, height: number): Point => {
    const along = root + (reach * beakLength * t) / ball.radius;
    return ball.plane(along, -0.1 + (-fall * beakLength * t * t + height) / ball.radius);
  };
  const half = beakDepth / 2;
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 0.92, 1];
  const edge = (sign: number, scale: number): Point[] =>
    steps.map((t) => place(t * scale, sign * half * taper(t, fullness)));
  const hookTip = hook > 0 ? [place(1.03, -hook * half * 1.2), place(0.86, -0.25 * half)] : [];
  return {
    upper: [...edge(1, 1), ...hookTip, ...edge(-0.12, 1).reverse().slice(1)],
    lower: [...edge(-0.12, 0.94), ...edge(-1, 0.94).reverse()],
    middle: place(0.45, 0),
    before: ball.facing(0) > -0.25,
  };
}

export function paintBeak(sketch: Sketch, beak: Beak, species: Species): void {
  const { upper, lower } = species.beak;
  sketch.shape(beak.lower, lower, 1, { colour: shade(lower, -0.3), width: 0.5 });
  sketch.shape(beak.upper, upper, 1, { colour: shade(upper, -0.3), width: 0.5 });
  sketch.line(beak.upper.slice(1, 4), shade(upper, 0.45), 0.9, 0.55);
}
