const prefixes = ["", "k", "M", "G", "T", "P", "E"] as const;

/** `203 MFLOP`, `1.25 PFLOP`: three digits. */
export function flopText(flops: number): string {
  const power = Math.max(0, Math.min(prefixes.length - 1, Math.floor(Math.log10(Math.max(1, flops)) / 3)));
  return `${Number((flops / 1000 ** power).toPrecision(3))} ${prefixes[power]}FLOP`;
}

/** `8.7 MiB`, `12 GiB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
  const power = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  return `${Number((bytes / 1024 ** power).toPrecision(power === 0 ? 4 : 3))} ${units[power]}`;
}

/** `22 ms`, `1.25 s`: what a step takes. */
export const stepText = (seconds: number): string =>
  seconds < 1 ? `${Number((1000 * seconds).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`;
