import { Bench } from "tinybench";
import type { Gpu } from "../src/gpu.ts";
import { openWithDevice } from "../test/support/open-with-device.ts";

const longer = process.env["FLEDGE_BENCH"] === "full" ? 10 : 1;

/** Median time of each task in microseconds, by name, over `timePerTaskMs` and at least three runs. */
export async function medianTimesUs(
  tasks: Readonly<Record<string, () => unknown>>,
  timePerTaskMs = 100,
): Promise<Map<string, number>> {
  const bench = new Bench({
    time: longer * timePerTaskMs,
    iterations: 3,
    warmupTime: timePerTaskMs / 5,
    warmupIterations: 1,
    throws: true,
  });
  for (const [name, task] of Object.entries(tasks)) bench.add(name, task);
  await bench.run();
  return new Map(
    bench.tasks.map(({ name, result }) => {
      if (!("latency" in result))
        throw new Error(`${name}: tinybench ended as "${result.state}", without a measurement`);
      return [name, 1000 * result.latency.p50];
    }),
  );
}

/** Opens the adapter for a benchmark, says which it is, and closes it again. */
export async function withGpu(title: string, body: (gpu: Gpu, device: GPUDevice) => Promise<void>): Promise<void> {
  const { gpu, device } = await openWithDevice();
  try {
    console.log(
      `\n## ${title}\n\n${gpu.adapter.name}${gpu.adapter.software ? " (software)" : ""}, Node ${process.version}\n`,
    );
    await body(gpu, device);
  } finally {
    await gpu.close();
  }
}

export const digits = (value: number): number => Number(value.toPrecision(3));
