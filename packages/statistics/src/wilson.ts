import { normalQuantile } from "./distributions.ts";
import { checkLevel, type Interval } from "./interval.ts";

/**
 * Wilson's score interval of a share, without continuity correction (Wilson 1927): of accuracies on few images it keeps
 * its level where the normal approximation does not. The ends are exactly 0 and 1 at no and at all successes.
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  checkLevel(level);
  if (!(Number.isInteger(trials) && trials >= 1))
    throw new RangeError(`wilsonInterval: ${trials} trials; give 1 or more`);
  if (!(Number.isInteger(successes) && successes >= 0 && successes <= trials))
    throw new RangeError(`wilsonInterval: ${successes} successes of ${trials} trials`);
  const z = normalQuantile((1 + level) / 2);
  const p = successes / trials;
  const scale = 1 + (z * z) / trials;
  const centre = (p + (z * z) / (2 * trials)) / scale;
  const reach = (z * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))) / scale;
  return { low: successes === 0 ? 0 : centre - reach, high: successes === trials ? 1 : centre + reach };
}
