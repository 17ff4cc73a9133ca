import type { RgbImage } from "../raster/raster.ts";

/** The part of a picture that is kept after a warp: its central `side` x `side` pixels. */
export interface Window {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** Where an output pixel's centre (x, y), in pixels from the upper left corner, lies in the input. */
export type Position = (x: number, y: number) => readonly [x: number, y: number];

/** Each of the window's pixels from the nearest input pixel; black where that lies outside. */
export function warpedNearest({ width, height, data }: RgbImage, window: Window, position: Position): RgbImage {
  const { left, top, side } = window;
  const out = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const [px, py] = position(left + x + 0.5, top + y + 0.5);
      if (!(px >= 0 && px < width && py >= 0 && py < height)) continue;
      const source = (Math.floor(py) * width + Math.floor(px)) * 3;
      out.set(data.subarray(source, source + 3), (y * side + x) * 3);
    }
  }
  return { width: side, height: side, data: out };
}

/**
 * Each of the window's pixels between its four nearest input pixels, truncated. `outside` says what lies beyond the
 * border: "clamped" the edge's pixels, but black half a pixel further on (Pillow's BILINEAR transform); "black" black
 * pixels (OpenCV's warpPerspective, which rounds positions to 1/32 pixel and bytes to the nearest: here neither).
 */
export function warpedBilinear(
  { width, height, data }: RgbImage,
  window: Window,
  position: Position,
  outside: "clamped" | "black",
): RgbImage {
  const { left, top, side } = window;
  const out = new Uint8Array(side * side * 3);
  const byte = (x: number, y: number, channel: number): number => {
    if (outside === "black" && (x < 0 || x >= width || y < 0 || y >= height)) return 0;
    const column = Math.min(Math.max(x, 0), width - 1);
    const row = Math.min(Math.max(y, 0), height - 1);
    return data[(row * width + column) * 3 + channel]!;
  };
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const [px, py] = position(left + x + 0.5, top + y + 0.5);
      if (outside === "clamped" && !(px >= 0 && px < width && py >= 0 && py < height)) continue;
      const column = Math.floor(px - 0.5);
      const row = Math.floor(py - 0.5);
      const tx = px - 0.5 - column;
      const ty = py - 0.5 - row;
      for (let channel = 0; channel < 3; channel += 1) {
        const upper = byte(column, row, channel) * (1 - tx) + byte(column + 1, row, channel) * tx;
        const lower = byte(column, row + 1, channel) * (1 - tx) + byte(column + 1, row + 1, channel) * tx;
        out[(y * side + x) * 3 + channel] = Math.trunc(upper * (1 - ty) + lower * ty);
      }
    }
  }
  return { width: side, height: side, data: out };
}
