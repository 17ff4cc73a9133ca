import type { Random } from "@fledge/random";

import type { Difficulty } from "./options.ts";
import { between, chance } from "./draw.ts";

/** How a bird holds itself in one picture; angles in degrees, anticlockwise for a bird that looks to the right. */
export interface Pose {
  /** 1 looks to the right, -1 to the left. */
  facing: 1 | -1;
  wings: "folded" | "raised" | "flight";
  /** The torso's front above its rear. */
  bodyDeg: number;
  /** Width left of the torso when it is turned towards or away from the viewer. */
  foreshortening: number;
  neckDeg: number;
  neckStretch: number;
  /** Head turned towards the viewer (above 0) or away; beyond 90 it looks back over the shoulder. */
  headYawDeg: number;
  headPitchDeg: number;
  tailDeg: number;
  tailSpreadDeg: number;
  /** Direction of the open wing, and the angle through which its feathers fan. */
  wingDeg: number;
  wingFanDeg: number;
  legDeg: number;
}

/** Draws a pose. The draw does not depend on the species, so that a pose tells nothing of it but its posture. */
export function drawPose(random: Random, postureDeg: number, difficulty: Difficulty): Pose {
  const freedom = difficulty.pose;
  const facing = chance(random, 0.5) ? 1 : -1;
  const kind = random.float();
  const wings = kind < 0.12 * freedom ? "flight" : kind < 0.24 * freedom ? "raised" : "folded";
  const flying = wings === "flight";
  const looksBack = chance(random, 0.14 * freedom);
  const yawDeg = looksBack ? between(random, 112, 160) : between(random, -38, 52) * freedom;
  return {
    facing,
    wings,
    bodyDeg: (flying ? 8 : postureDeg) + between(random, -17, 17) * freedom,
    foreshortening: 1 - between(random, 0, 0.32) * freedom,
    neckDeg: (flying ? 22 : 62) + between(random, -16, 16) * freedom,
    neckStretch: 1 + between(random, -0.35, 0.3) * freedom,
    headYawDeg: yawDeg,
    headPitchDeg: between(random, -24, 18) * freedom,
    tailDeg: between(random, -14, 16) * freedom,
    tailSpreadDeg: flying ? between(random, 26, 60) : between(random, 6, 24),
    wingDeg: between(random, 62, 122),
    wingFanDeg: between(random, 92, 122),
    legDeg: between(random, -10, 10),
  };
}
