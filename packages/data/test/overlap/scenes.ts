import { random, type Random } from "@fledge/random";
import sharp from "sharp";

const between = (draw: Random, from: number, to: number): number => from + (to - from) * draw.float();

/** What a drawn scene is made of, each by a seed: the bird itself, where and how it sits, and what is behind it. */
export interface Scene {
  readonly bird: number;
  readonly place: number;
  readonly background: number;
}

const [width, height] = [160, 128];

/** A simple bird before waves and discs, as PNG. */
export async function drawScene({ bird, place, background }: Scene): Promise<Buffer> {
  const behind = random(background, "test background");
  const waves = Array.from({ length: 5 }, () => ({
    x: between(behind, -0.25, 0.25),
    y: between(behind, 0.02, 0.25),
    phase: between(behind, 0, 6),
    height: between(behind, 8, 26),
  }));
  const base = [0, 1, 2].map(() => between(behind, 60, 190));
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const wave = waves.reduce((sum, w) => sum + w.height * Math.sin(w.x * x + w.y * y + w.phase), 0);
    data[i] = Math.min(255, Math.max(0, base[i % 3]! + wave + between(behind, -4, 4)));
  }
  const colour = (draw: Random): string => `rgb(${[0, 1, 2].map(() => draw.integer(0, 256)).join()})`;
  const discs = Array.from({ length: 10 }, () => {
    const [x, y, radius] = [between(behind, 0, width), between(behind, 0, height), between(behind, 3, 9)];
    return `<circle cx="${x}" cy="${y}" r="${radius}" fill="${colour(behind)}" opacity="0.5"/>`;
  });
  const own = random(bird, "test bird");
  const [body, wing, head] = [colour(own), colour(own), colour(own)];
  const sits = random(place, "test place");
  const size = 0.7 * height;
  const [x, y] = [between(sits, 0.4 * size, width - 0.4 * size), between(sits, 0.35 * size, height - 0.35 * size)];
  const turn = `scale(${(sits.float() < 0.5 ? -size : size) / 100} ${size / 100}) rotate(${between(sits, -30, 30)})`;
  const marks =
    `<g transform="translate(${x} ${y}) ${turn}"><ellipse rx="38" ry="25" fill="${body}"/><ellipse cx="-4" rx="22" ry="13" fill="${wing}"/>` +
    `<circle cx="34" cy="-18" r="15" fill="${head}"/><circle cx="38" cy="-20" r="3"/><path d="M47 -18 l14 3 l-14 4z" fill="#e8b030"/>` +
    `<path d="M-34 0 l-24 -7 l0 14z" fill="${wing}"/><path d="M2 24 l4 20" stroke="#333" stroke-width="3"/></g>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${discs.join("")}${marks}</svg>`;
  return sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .png()
    .toBuffer();
}

type Step = (image: Buffer, draw: Random) => Promise<Buffer>;

const sizeOf = (image: Buffer) => sharp(image).metadata();

/** What a copy may have gone through. */
const steps: Readonly<Record<string, Step>> = {
  jpeg: (image, draw) =>
    sharp(image)
      .jpeg({ quality: draw.integer(40, 90) })
      .toBuffer(),
  rescale: async (image, draw) => {
    const factor = between(draw, 0.5, 2);
    const { width: across, height: down } = await sizeOf(image);
    return sharp(image)
      .resize(Math.round(across * factor), Math.round(down * factor), { fit: "fill" })
      .png()
      .toBuffer();
  },
  tone: (image, draw) => {
    const [contrast, brightness] = [between(draw, 0.75, 1.2), between(draw, 0.8, 1.2)];
    return sharp(image)
      .linear(contrast * brightness, (1 - contrast) * 128 * brightness)
      .png()
      .toBuffer();
  },
  mirror: (image) => sharp(image).flop().png().toBuffer(),
  crop: async (image, draw) => {
    const share = between(draw, 0.05, 0.2);
    const size = await sizeOf(image);
    const [across, down] = [Math.round(size.width * (1 - share)), Math.round(size.height * (1 - share))];
    const left = draw.integer(0, size.width - across + 1);
    const top = draw.integer(0, size.height - down + 1);
    return sharp(image).extract({ left, top, width: across, height: down }).png().toBuffer();
  },
  overlay: async (image, draw) => {
    const { width: across, height: down } = await sizeOf(image);
    const [wide, high] = [across * between(draw, 0.3, 0.45), down * between(draw, 0.08, 0.12)];
    const [x, y] = [between(draw, 0, across - wide), down - high - 2];
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${across}" height="${down}"><rect x="${x}" y="${y}" width="${wide}" height="${high}" fill="#fff"/>` +
      `<path d="M${x + 3} ${y + high / 2} h${wide - 6}" stroke="#000" stroke-width="${high / 2}" stroke-dasharray="3 2"/>` +
      `<circle cx="${across * 0.9}" cy="${down * 0.1}" r="${across * 0.05}" fill="#e02020"/></svg>`;
    return sharp(image)
      .composite([{ input: Buffer.from(svg) }])
      .png()
      .toBuffer();
  },
};

/** Kinds of copies: a step, or several in a row. */
export const kinds = [
  ...Object.keys(steps),
  "mirror+jpeg",
  "crop+jpeg",
  "mirror+crop",
  "rescale+tone+jpeg",
  "overlay+rescale+jpeg",
  "crop+overlay+jpeg",
  "mirror+crop+overlay+rescale+tone+jpeg",
] as const;

/** A copy of an image by the steps of a kind. */
export async function copyOf(image: Buffer, kind: string, seed: number): Promise<Buffer> {
  const draw = random(seed, `test copy ${kind}`);
  let copy = image;
  for (const step of kind.split("+")) copy = await steps[step]!(copy, draw);
  return copy;
}
