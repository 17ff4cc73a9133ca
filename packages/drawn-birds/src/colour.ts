/** Colours are "#rrggbb" strings in the species table and in SVG, triples of 0..255 in rasters. */
export type Rgb = readonly [number, number, number];

export function parseColour(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function formatColour(rgb: Rgb): string {
  const value = rgb.reduce((all, channel) => all * 256 + Math.round(Math.min(255, Math.max(0, channel))), 0);
  return `#${value.toString(16).padStart(6, "0")}`;
}

export function mixRgb(a: Rgb, b: Rgb, t: number): Rgb {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

export function mixColour(a: string, b: string, t: number): string {
  return formatColour(mixRgb(parseColour(a), parseColour(b), t));
}

/** Darker (amount < 0, towards black) or lighter (amount > 0, towards white). */
export function shade(hex: string, amount: number): string {
  return mixColour(hex, amount < 0 ? "#000000" : "#ffffff", Math.abs(amount));
}

/** Turns the hue by `angleDeg` about the grey axis and scales the distance from grey by `saturation`. */
export function shiftHue(rgb: Rgb, angleDeg: number, saturation: number): Rgb {
  const grey = (rgb[0] + rgb[1] + rgb[2]) / 3;
  const cos = Math.cos((angleDeg * Math.PI) / 180);
  const sin = Math.sin((angleDeg * Math.PI) / 180) / Math.sqrt(3);
  const [r, g, b] = [rgb[0] - grey, rgb[1] - grey, rgb[2] - grey];
  return [
    grey + saturation * (r * cos + (b - g) * sin),
    grey + saturation * (g * cos + (r - b) * sin),
    grey + saturation * (b * cos + (g - r) * sin),
  ];
}
