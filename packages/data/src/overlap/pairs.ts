import { guessOf } from "./candidates.ts";
import type { Fingerprints } from "./fingerprints.ts";
import { matchOf, type Match } from "./match.ts";
import { pictureSize } from "./picture.ts";

/** Two images of all, by number, that repeat each other; first < second. */
export interface NumberedPair {
  readonly first: number;
  readonly second: number;
  /** Undefined where the images have the same bytes. */
  readonly match: Match | undefined;
}

/** Images `from` to before `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Images of one tile's side: their hashes lie in a core's cache together. */
const tileSide = 256;

/** The tiles of the pairs of `count` images, each pair in one of them. */
export function* tilesOf(count: number): Generator<readonly [Range, Range]> {
  const range = (from: number): Range => ({ from, to: Math.min(count, from + tileSide) });
  for (let i = 0; i < count; i += tileSide) for (let j = i; j < count; j += tileSide) yield [range(i), range(j)];
}

/** How many pairs a tile has. */
export const pairsIn = ([rows, columns]: readonly [Range, Range]): number => {
  const [height, width] = [rows.to - rows.from, columns.to - columns.from];
  return rows.from === columns.from ? (height * (height - 1)) / 2 : height * width;
};

/** The pairs of a tile that repeat each other, in order. */
export function repeatsIn(fingerprints: Fingerprints, [rows, columns]: readonly [Range, Range]): NumberedPair[] {
  const { pictures, hashes, aspects, contents } = fingerprints;
  const pictureAt = (image: number): Int8Array => pictures.subarray(image * pictureSize, (image + 1) * pictureSize);
  const pairs: NumberedPair[] = [];
  for (let first = rows.from; first < rows.to; first++) {
    if (contents[first]! < 0) continue;
    for (let second = Math.max(first + 1, columns.from); second < columns.to; second++) {
      if (contents[second]! < 0) continue;
      if (contents[first] === contents[second]) {
        pairs.push({ first, second, match: undefined });
        continue;
      }
      const guess = guessOf(hashes, first, second);
      const match = guess && matchOf(pictureAt(first), pictureAt(second), guess, aspects[first]! / aspects[second]!);
      if (match) pairs.push({ first, second, match });
    }
  }
  return pairs;
}
