import { Gpu } from "@fledge/runtime";
import { afterAll } from "vitest";

/**
 * Opens the adapter for a test file and closes it after the file's last test.
 * No adapter is an error, never a skipped test.
 */
export async function openTestGpu(): Promise<Gpu> {
  const gpu = await Gpu.open();
  afterAll(() => gpu.close());
  return gpu;
}
