import type { Config } from "../config/schema.ts";
import { attacks } from "./attacks.ts";
import { calibration } from "./calibration.ts";
import { clean } from "./clean.ts";
import { corruptions } from "./corruptions.ts";
import type { Family } from "./family.ts";
import { perturbations } from "./perturbations.ts";
import { randAugment } from "./randaugment.ts";

/** Every family that a configuration has, in the order in which they are measured and reported. */
export const familiesOf = (config: Config): readonly Family[] => [
  clean(config),
  randAugment(config),
  corruptions(config),
  perturbations(config),
  attacks(config),
  calibration(config),
];
