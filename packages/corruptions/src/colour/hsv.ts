/**
 * Hue, saturation and value in 0..1 of a colour in 0..1, in the order of operations of skimage.color.rgb2hsv, by which
 * the truncated bytes come out equal: of equal maxima the later channel gives the hue.
 */
export function hsvOf(red: number, green: number, blue: number): [number, number, number] {
  const value = Math.max(red, green, blue);
  const range = value - Math.min(red, green, blue);
  if (range === 0) return [0, 0, value];
  let sixths: number;
  if (blue === value) sixths = 4 + (red - green) / range;
  else if (green === value) sixths = 2 + (blue - red) / range;
  else sixths = (green - blue) / range;
  const hue = (sixths / 6) % 1;
  return [hue < 0 ? hue + 1 : hue, range / value, value];
}

/** The colour in 0..1 of hue, saturation and value (skimage.color.hsv2rgb). */
export function rgbOf(hue: number, saturation: number, value: number): [number, number, number] {
  const sector = Math.floor(hue * 6);
  const f = hue * 6 - sector;
  const p = value * (1 - saturation);
  const q = value * (1 - f * saturation);
  const t = value * (1 - (1 - f) * saturation);
  switch (sector % 6) {
    case 0:
      return [value, t, p];
    case 1:
      return [q, value, p];
    case 2:
      return [p, value, t];
    case 3:
      return [p, q, value];
    case 4:
      return [t, p, value];
    default:
      return [value, p, q];
  }
}
