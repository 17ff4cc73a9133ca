/** Ends of an interval, both included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** @throws RangeError where `level` is no share between 0 and 1, such as 0.95 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1)) throw new RangeError(`level: must lie between 0 and 1, such as 0.95; got ${level}`);
}
