import { random, type Random } from "@fledge/random";
import sharp from "sharp";

import type { PartName } from "./bird/parts.ts";
import { between, clamp } from "./draw.ts";
import type { Point } from "./geometry.ts";
import type { Entry } from "./layout-2010.ts";
import type { DemoSettings } from "./options.ts";
import type { Picture } from "./scene.ts";

/**
 * Which 2011 image repeats which of 2010, as a map from the former's entry to the latter's. Over the whole set
 * round(overlapShare * images of 2010) are repeated, spread evenly over the species.
 */
export function planOverlap(settings: DemoSettings, old: readonly Entry[], later: readonly Entry[]): Map<Entry, Entry> {
  const { imagesPerSpecies2010, imagesPerSpecies2011, overlapShare } = settings;
  const pairs = new Map<Entry, Entry>();
  const upTo = (species: number): number => Math.round(overlapShare * imagesPerSpecies2010 * species);
  for (let species = 0; species < settings.speciesCount; species += 1) {
    const draw = random(settings.seed, "demo overlap", species);
    const sources = draw.permutation(imagesPerSpecies2010);
    const targets = draw.permutation(imagesPerSpecies2011);
    for (let i = 0; i < upTo(species + 1) - upTo(species); i += 1) {
      pairs.set(
        later[species * imagesPerSpecies2011 + targets[i]!]!,
        old[species * imagesPerSpecies2010 + sources[i]!]!,
      );
    }
  }
  return pairs;
}

/** The same photograph as another site would serve it: rescaled by up to a tenth and encoded at another quality. */
export async function repeatPicture(picture: Picture, draw: Random): Promise<Picture> {
  const scale = between(draw, 0.9, 1.1);
  const [width, height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  const [scaleX, scaleY] = [width / picture.width, height / picture.height];
  const jpeg = await sharp(picture.jpeg)
    .resize(width, height, { fit: "fill" })
    .jpeg({ quality: draw.integer(60, 96) })
    .toBuffer();
  const { box } = picture;
  const [x, y] = [box.x * scaleX, box.y * scaleY];
  const parts: Partial<Record<PartName, Point>> = {};
  for (const [name, point] of Object.entries(picture.parts)) {
    parts[name as PartName] = { x: point.x * scaleX, y: point.y * scaleY };
  }
  return {
    jpeg,
    width,
    height,
    parts,
    box: { x, y, width: clamp(box.width * scaleX, 1, width - x), height: clamp(box.height * scaleY, 1, height - y) },
  };
}
