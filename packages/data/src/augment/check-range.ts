/** Throws a RangeError unless low <= value <= high. */
export function checkRange(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high)) {
    throw new RangeError(`randAugment: ${name} must be in ${low} .. ${high}, got ${value}`);
  }
}
