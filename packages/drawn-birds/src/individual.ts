import type { Random } from "@fledge/random";

import { formatColour, mixRgb, parseColour, shiftHue } from "./colour.ts";
import { between, chance } from "./draw.ts";
import type { Proportions, Species } from "./species/species.ts";

/** The brown-grey that young birds and worn plumage tend to. */
const DULL = parseColour("#8f8371");

function mapColours(value: unknown, change: (colour: string) => string): unknown {
  if (typeof value === "string") return value.startsWith("#") ? change(value) : value;
  if (Array.isArray(value)) return value.map((entry) => mapColours(entry, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapColours(entry, change)]));
}

/**
 * One bird of a species: its own proportions (`jitter` 1: about 7 % each), its own tint, and for about a third of the
 * birds the dull plumage of a female, a young or a worn bird.
 */
export function individual(species: Species, random: Random, jitter: number): Species {
  const hueDeg = 7 * jitter * random.normal();
  const saturation = Math.exp(0.18 * jitter * random.normal());
  const lightness = 12 * jitter * random.normal();
  const dullShare = between(random, 0.15, 0.5) * jitter;
  const dullness = chance(random, 0.35) ? dullShare : 0;

  // One change per colour of the table, so that two places of one colour stay alike.
  const changed = new Map<string, string>();
  const change = (colour: string): string => {
    const known = changed.get(colour);
    if (known !== undefined) return known;
    const tint = shiftHue(parseColour(colour), hueDeg + 3 * jitter * random.normal(), saturation);
    const light = lightness + 5 * jitter * random.normal();
    const result = formatColour(mixRgb([tint[0] + light, tint[1] + light, tint[2] + light], DULL, dullness));
    changed.set(colour, result);
    return result;
  };

  const coloured = mapColours(species, change) as Species;
  const proportions = { ...coloured.proportions };
  for (const key of Object.keys(proportions) as (keyof Proportions)[]) {
    proportions[key] *= Math.exp(0.07 * jitter * random.normal());
  }
  return { ...coloured, proportions };
}
