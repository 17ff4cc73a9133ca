import { createHash } from "node:crypto";
import sharp, { type Sharp } from "sharp";
import { sharpOptionsFor, withImage } from "../image-file.ts";
import type { RgbImage } from "../image.ts";
import { hashesOf, hashesPerPicture, wordsPerHash } from "./hashes.ts";
import { pictureOf, pictureSize } from "./picture.ts";
import { side } from "./side.ts";

/** What is kept of one image. */
export interface Fingerprint {
  readonly picture: Int8Array;
  readonly hashes: Int32Array;
  /** The image's width by its height. */
  readonly aspect: number;
  /** Of the file's bytes, or of an image's pixels. */
  readonly sha256: string;
}

/** What is kept of all images, in memory that threads share: 6 KiB each. */
export interface Fingerprints {
  readonly count: number;
  /** [count, pictureSize] */
  readonly pictures: Int8Array;
  /** [count, hashesPerPicture, wordsPerHash] */
  readonly hashes: Int32Array;
  /** [count] */
  readonly aspects: Float64Array;
  /** [count]: the first image with the same bytes; -1 where there is no fingerprint. */
  readonly contents: Int32Array;
}

const hashWords: number = hashesPerPicture * wordsPerHash;

/** Grey values of the whole image, its sides stretched to the square. libvips shrinks a JPEG while it decodes it. */
async function fingerprint(image: Sharp, aspect: number, sha256: string): Promise<Fingerprint> {
  const grey = await image
    .removeAlpha()
    .toColourspace("b-w")
    .resize(side, side, { fit: "fill" })
    .extractChannel(0)
    .raw()
    .toBuffer();
  const picture = pictureOf(grey);
  return { picture, hashes: hashesOf(picture), aspect, sha256 };
}

/** Throws DataError, naming the file, when it cannot be decoded. */
export const fingerprintOfFile = (file: string): Promise<Fingerprint> =>
  withImage(file, ({ bytes, header }) => {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return fingerprint(sharp(bytes, sharpOptionsFor(bytes)), header.width / header.height, sha256);
  });

export function fingerprintOfImage({ width, height, data }: RgbImage): Promise<Fingerprint> {
  const sha256 = createHash("sha256").update(`${width} ${height} `).update(data).digest("hex");
  return fingerprint(sharp(data, { raw: { width, height, channels: 3 } }), width / height, sha256);
}

/** Gathers fingerprints, in any order. */
export class FingerprintStore {
  readonly fingerprints: Fingerprints;
  readonly #shas: (string | undefined)[];

  constructor(count: number) {
    this.fingerprints = {
      count,
      pictures: new Int8Array(new SharedArrayBuffer(count * pictureSize)),
      hashes: new Int32Array(new SharedArrayBuffer(4 * count * hashWords)),
      aspects: new Float64Array(new SharedArrayBuffer(8 * count)),
      contents: new Int32Array(new SharedArrayBuffer(4 * count)),
    };
    this.#shas = Array.from({ length: count });
  }

  put(image: number, { picture, hashes, aspect, sha256 }: Fingerprint): void {
    this.fingerprints.pictures.set(picture, image * pictureSize);
    this.fingerprints.hashes.set(hashes, image * hashWords);
    this.fingerprints.aspects[image] = aspect;
    this.#shas[image] = sha256;
  }

  /** To be called once all are there: finds out which images have the same bytes. */
  finish(): Fingerprints {
    const first = new Map<string, number>();
    for (const [image, sha256] of this.#shas.entries()) {
      if (sha256 !== undefined && !first.has(sha256)) first.set(sha256, image);
      this.fingerprints.contents[image] = sha256 === undefined ? -1 : first.get(sha256)!;
    }
    return this.fingerprints;
  }
}
