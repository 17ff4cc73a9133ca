import { random } from "@fledge/random";

import type { DemoSettings } from "./options.ts";
import type { Species } from "./species/species.ts";

/** One image of a data set before it is painted. */
export interface Entry {
  readonly speciesIndex: number;
  /** Within the species, from 0. */
  readonly imageIndex: number;
  /** Below images/, with "/". */
  readonly path: string;
  readonly train: boolean;
}

/** CUB's class folder: the class number from 1 and the species name. */
export function className(speciesIndex: number, species: Species): string {
  return `${String(speciesIndex + 1).padStart(3, "0")}.${species.name}`;
}

/** Names the images of CUB-200 (2010): number in the class, then an id like Flickr's. Half are for training. */
export function plan2010(settings: DemoSettings, table: readonly Species[]): Entry[] {
  const taken = new Set<number>();
  return table.flatMap((species, speciesIndex) => {
    const draw = random(settings.seed, "demo names 2010", speciesIndex);
    const count = settings.imagesPerSpecies2010;
    const order = draw.permutation(count);
    return Array.from({ length: count }, (_, imageIndex) => {
      let id = draw.integer(100_000_000, 4_294_967_295);
      while (taken.has(id)) id = draw.integer(100_000_000, 4_294_967_295);
      taken.add(id);
      const file = `${species.name}_${String(imageIndex + 1).padStart(4, "0")}_${id}.jpg`;
      const path = `${className(speciesIndex, species)}/${file}`;
      return { speciesIndex, imageIndex, path, train: order[imageIndex]! < Math.ceil(count / 2) };
    });
  });
}

/** The lists of CUB-200 (2010), by their path below the data set's folder. */
export function lists2010(entries: readonly Entry[], table: readonly Species[]): Record<string, string> {
  const lines = (values: readonly string[]): string => values.map((value) => `${value}\n`).join("");
  const paths = (train: boolean): string[] =>
    entries.filter((entry) => entry.train === train).map((entry) => entry.path);
  return {
    "lists/classes.txt": lines(table.map((species, index) => className(index, species))),
    "lists/files.txt": lines(entries.map((entry) => entry.path)),
    "lists/train.txt": lines(paths(true)),
    "lists/test.txt": lines(paths(false)),
  };
}
