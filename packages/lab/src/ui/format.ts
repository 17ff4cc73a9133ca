/** Three digits, as the tables of the chapters have them. */
export const threeDigits = (value: number): string => {
  if (value === 0) return "0";
  const rounded = Number(value.toPrecision(3));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return decimals <= 6 ? rounded.toFixed(decimals) : rounded.toExponential(2);
};

/** Microseconds in the unit that suits them: `12.3 us`, `4.56 ms`. */
export const inTime = (timeUs: number): string =>
  timeUs < 1000 ? `${threeDigits(timeUs)} us` : `${threeDigits(timeUs / 1000)} ms`;

/** `12.3-14.0 us`, `4.40-4.71 ms`: two times in the unit that suits the longer. */
export const rangeInTime = (fromUs: number, toUs: number): string => {
  const [unit, perUnit] = toUs < 1000 ? ["us", 1] : ["ms", 1000];
  return `${threeDigits(fromUs / perUnit)}-${threeDigits(toUs / perUnit)} ${unit}`;
};

/** Bytes in the unit that suits them: `512 B`, `12.3 KiB`, `4.56 MiB`. */
export const inBytes = (bytes: number): string =>
  bytes < 1024
    ? `${bytes} B`
    : bytes < 2 ** 20
      ? `${threeDigits(bytes / 1024)} KiB`
      : `${threeDigits(bytes / 2 ** 20)} MiB`;
