import { createHash } from "node:crypto";
import pMap from "p-map";
import phash from "sharp-phash";
import { sampleFile, type Dataset } from "./dataset.ts";
import { sharpOptionsFor, withImage } from "./decode.ts";

/** Two images of two data sets that show the same picture, by sample index. */
export interface OverlapPair {
  readonly first: number;
  readonly second: number;
  /** Bits in which the perceptual hashes differ, of 64; "same bytes" where the files are equal. */
  readonly distance: number | "same bytes";
}

/** A picture's fingerprints: of its bytes, and of its look (64 bits of the DCT's low frequencies, as two words). */
interface Fingerprint {
  readonly sha256: string;
  readonly high: number;
  readonly low: number;
}

async function fingerprint(file: string): Promise<Fingerprint> {
  return withImage(file, async ({ bytes }) => {
    const bits = await phash(bytes, sharpOptionsFor(bytes));
    const word = (from: number): number => Number.parseInt(bits.slice(from, from + 32), 2) >>> 0;
    return { sha256: createHash("sha256").update(bytes).digest("hex"), high: word(0), low: word(32) };
  });
}

function bitCount(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Finds the images of `first` that `second` holds too: the same file, or one that looks the same after scaling and
 * recompression. Every image of `first` is paired with the nearest of `second` at most `maxDistance` bits away.
 * Mirrored or cropped copies are not found. Throws DataError naming an image that cannot be decoded.
 */
export async function findOverlap(first: Dataset, second: Dataset, maxDistance: number): Promise<OverlapPair[]> {
  const printsOf = (dataset: Dataset): Promise<Fingerprint[]> =>
    pMap(dataset.samples, (sample) => fingerprint(sampleFile(dataset, sample)), { concurrency: 4 });
  const [ofFirst, ofSecond] = [await printsOf(first), await printsOf(second)];
  const bySha = new Map(ofSecond.map(({ sha256 }, index) => [sha256, index]));
  return ofFirst.flatMap((print, index): OverlapPair[] => {
    const same = bySha.get(print.sha256);
    if (same !== undefined) return [{ first: index, second: same, distance: "same bytes" }];
    let nearest = -1;
    let least = maxDistance + 1;
    ofSecond.forEach(({ high, low }, candidate) => {
      const distance = bitCount(high ^ print.high) + bitCount(low ^ print.low);
      if (distance < least) [least, nearest] = [distance, candidate];
    });
    return nearest < 0 ? [] : [{ first: index, second: nearest, distance: least }];
  });
}
