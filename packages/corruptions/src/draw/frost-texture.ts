import type { Random } from "@fledge/random";
import { gauss } from "../raster/gauss.ts";
import { truncatedBytes } from "../raster/raster.ts";
import { drawUniform } from "./arrays.ts";
import { drawPlasma } from "./plasma.ts";

/** Frost is white with a little blue: the share of each channel at full frost. */
const tint = [0.86, 0.93, 1] as const;
/** The film of ice between the crystals, at its thickest. */
const film = 0.8;
const crystals = 40;
/** Sigma of the softening, as a share of the longer side. */
const softness = 0.004;

/**
 * A pane of frost [H, W, 3] as bytes: a film of ice of uneven thickness and feathered crystals that grow over it. It
 * stands in for the photographs of ImageNet-C, whose licences nobody knows; being made, it is less varied than they.
 * Sizes are shares of the image's longer side.
 */
export function drawFrost(random: Random, width: number, height: number): Uint8Array {
  const side = Math.max(width, height);
  const thickness = drawPlasma(random, width, height, 1.8);
  const ice = new Float64Array(width * height);
  for (let i = 0; i < crystals; i += 1) grow(ice, width, height, drawFeather(random, width, height));
  const soft = gauss({ width, height, channels: 1, data: ice }, softness * side + 0.3).data;
  const values = new Float64Array(width * height * 3);
  for (let i = 0; i < values.length; i += 1) {
    const pixel = Math.floor(i / 3);
    const cover = 1 - (1 - film * thickness[pixel]!) * (1 - Math.min(soft[pixel]!, 1));
    values[i] = cover * tint[i % 3]!;
  }
  return truncatedBytes(values);
}

/** A stem with barbs on both sides that shorten towards its tip; lengths in pixels, angles in radians. */
interface Feather {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly length: number;
  readonly barbs: number;
  readonly barbLength: number;
  readonly brightness: number;
}

function drawFeather(random: Random, width: number, height: number): Feather {
  const side = Math.max(width, height);
  const length = side * drawUniform(random, 0.15, 0.6);
  return {
    x: drawUniform(random, 0, width),
    y: drawUniform(random, 0, height),
    angle: drawUniform(random, 0, 2 * Math.PI),
    length,
    barbs: 6 + Math.trunc(drawUniform(random, 0, 14)),
    barbLength: length * drawUniform(random, 0.15, 0.4),
    brightness: drawUniform(random, 0.35, 0.9),
  };
}

/** Ice crystals branch at 60 degrees. */
const branching = Math.PI / 3;

function grow(ice: Float64Array, width: number, height: number, feather: Feather): void {
  const { x, y, angle, length, barbs, barbLength, brightness } = feather;
  line(ice, width, height, { x, y, angle, length, brightness });
  for (let i = 1; i <= barbs; i += 1) {
    const along = i / (barbs + 1);
    const foot = { x: x + Math.cos(angle) * length * along, y: y + Math.sin(angle) * length * along };
    for (const turn of [branching, -branching]) {
      const barb = { ...foot, angle: angle + turn, length: barbLength * (1 - along), brightness: brightness * 0.8 };
      line(ice, width, height, barb);
    }
  }
}

type Line = Pick<Feather, "x" | "y" | "angle" | "length" | "brightness">;

/** A line that fades towards its tip, half a pixel from step to step, each step shared out over four pixels. */
function line(ice: Float64Array, width: number, height: number, { x, y, angle, length, brightness }: Line): void {
  const steps = Math.max(Math.ceil(2 * length), 1);
  for (let i = 0; i < steps; i += 1) {
    const px = x + (Math.cos(angle) * length * i) / steps;
    const py = y + (Math.sin(angle) * length * i) / steps;
    const light = brightness * (1 - (0.7 * i) / steps);
    const [left, top] = [Math.floor(px), Math.floor(py)];
    for (const [column, row] of [
      [left, top],
      [left + 1, top],
      [left, top + 1],
      [left + 1, top + 1],
    ] as const) {
      if (column < 0 || column >= width || row < 0 || row >= height) continue;
      const share = (1 - Math.abs(px - column)) * (1 - Math.abs(py - row));
      const at = row * width + column;
      ice[at] = Math.max(ice[at]!, light * share * 1.6);
    }
  }
}
