// Copies between the host and the device.
import { digits, medianTimesUs, withGpu } from "./measure.ts";

const sizes = { "4 KiB": 4096, "1 MiB": 1048576, "64 MiB": 64 * 1048576 };

await withGpu("Copies between host and device", async (gpu) => {
  const rows: object[] = [];
  for (const [size, sizeBytes] of Object.entries(sizes)) {
    const slice = gpu.allocateBytes(sizeBytes, size);
    const data = new Uint8Array(sizeBytes).fill(1);
    const timesUs = await medianTimesUs({
      write: async () => {
        gpu.write(slice, data);
        await gpu.idle();
      },
      read: () => gpu.read(slice),
    });
    for (const [direction, timeUs] of timesUs)
      rows.push({ size, direction, us: digits(timeUs), "GB/s": digits(sizeBytes / timeUs / 1000) });
    gpu.free(slice);
  }
  console.table(rows);
});
