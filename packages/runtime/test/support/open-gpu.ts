import { afterAll } from "vitest";
import { openWithDevice, type GpuAndDevice } from "./open-with-device.ts";

/** Opens the adapter for a test file and closes it after its last test. No adapter is an error, not a skipped test. */
export async function openGpu(): Promise<GpuAndDevice> {
  const opened = await openWithDevice();
  afterAll(() => opened.gpu.close());
  return opened;
}
