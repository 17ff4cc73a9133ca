import { random } from "@fledge/random";

import { PART_NAMES, type PartName } from "./bird/parts.ts";
import type { Box, Point } from "./geometry.ts";
import { className, type Entry } from "./layout-2010.ts";
import type { DemoSettings } from "./options.ts";
import type { Species } from "./species/species.ts";

/** What CUB-200-2011 tells of an image besides its class. */
export interface Truth {
  readonly box: Box;
  readonly parts: Partial<Record<PartName, Point>>;
}

/** As in 2011's file names every word begins with a capital; the folders keep 2010's spelling. */
function capitalised(name: string): string {
  return name.replace(/(^|_)[a-z]/g, (start) => start.toUpperCase());
}

/**
 * Names the images of CUB-200-2011: number in the class, in no order, then an id that grows through the whole set.
 * Half are for training. An image's id in the lists is its place here, from 1.
 */
export function plan2011(settings: DemoSettings, table: readonly Species[]): Entry[] {
  let id = 0;
  return table.flatMap((species, speciesIndex) => {
    const draw = random(settings.seed, "demo names 2011", speciesIndex);
    const count = settings.imagesPerSpecies2011;
    const numbers = draw.permutation(count);
    const order = draw.permutation(count);
    return Array.from({ length: count }, (_, imageIndex) => {
      id += draw.integer(1, 30);
      const file = `${capitalised(species.name)}_${String(numbers[imageIndex]! + 1).padStart(4, "0")}_${id}.jpg`;
      const path = `${className(speciesIndex, species)}/${file}`;
      return { speciesIndex, imageIndex, path, train: order[imageIndex]! < Math.ceil(count / 2) };
    });
  });
}

/** The lists of CUB-200-2011, by their path below the data set's folder. `truths` has one for each entry, in order. */
export function lists2011(
  entries: readonly Entry[],
  truths: readonly Truth[],
  table: readonly Species[],
): Record<string, string> {
  const numbered = (values: readonly (string | number)[]): string =>
    values.map((value, index) => `${index + 1} ${value}\n`).join("");
  const place = (point: Point | undefined): string =>
    point === undefined ? "0.0 0.0 0" : `${point.x.toFixed(1)} ${point.y.toFixed(1)} 1`;
  const partLines = truths.flatMap(({ parts }, index) =>
    PART_NAMES.map((name, part) => `${index + 1} ${part + 1} ${place(parts[name])}\n`),
  );
  return {
    "classes.txt": numbered(table.map((species, index) => className(index, species))),
    "images.txt": numbered(entries.map((entry) => entry.path)),
    "image_class_labels.txt": numbered(entries.map((entry) => entry.speciesIndex + 1)),
    "train_test_split.txt": numbered(entries.map((entry) => (entry.train ? 1 : 0))),
    "bounding_boxes.txt": numbered(
      truths.map(({ box }) => [box.x, box.y, box.width, box.height].map((value) => value.toFixed(1)).join(" ")),
    ),
    "parts/parts.txt": numbered(PART_NAMES),
    "parts/part_locs.txt": partLines.join(""),
  };
}
