import { Gpu } from "@fledge/runtime";
import { afterAll } from "vitest";

/** Opens the adapter for a test file and closes it after its last test. No adapter is an error, not a skipped test. */
export async function openGpu(): Promise<Gpu> {
  const gpu = await Gpu.open();
  afterAll(() => gpu.close());
  return gpu;
}
