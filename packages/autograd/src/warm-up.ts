import type { Gpu } from "@fledge/runtime";

/** A GPU raises its clock under load: what it runs in the first tenths of a second takes longer. */
const warmUpMs = 400;

/**
 * Runs what is to be timed until nothing is cold: once where the adapter is software, else for some tenths of a second.
 * @returns milliseconds of the first run
 */
export async function warmUp(gpu: Gpu, run: () => Promise<unknown>): Promise<number> {
  const beganMs = performance.now();
  await run();
  const firstMs = performance.now() - beganMs;
  while (!gpu.adapter.software && performance.now() - beganMs < warmUpMs) await run();
  return firstMs;
}
