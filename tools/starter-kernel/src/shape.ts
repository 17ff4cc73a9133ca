/** A flat run of elements. */
export interface StarterKernelShape {
  readonly count: number;
}

/** Elements a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

/** Contents of `struct Params`. */
export const starterKernelParams = ({ count }: StarterKernelShape): Readonly<Record<string, number>> => ({ count });

/** One multiplication for each element. */
export const starterKernelFlops = ({ count }: StarterKernelShape): number => count;

/** @throws where the count is no whole number in range */
export function checkStarterKernel({ count }: StarterKernelShape): void {
  if (!Number.isInteger(count) || count < 1 || count > maxCount) {
    throw new Error(`starter-kernel: count is ${count}; it must be a whole number of elements from 1 to ${maxCount}`);
  }
}
