// What a dispatch and a submission cost when they do nothing.
import { baselineDevice } from "../src/device-traits.ts";
import type { Kernel } from "../src/kernel.ts";
import { planKernel } from "../src/plan-kernel.ts";
import { parseWgsl } from "../src/wgsl/module.ts";
import { mainPass } from "../src/workgroups.ts";
import { digits, medianTimesUs, withGpu } from "./measure.ts";

const noop: Kernel<null> = {
  name: "noop",
  check: () => undefined,
  tensors: () => ({}),
  flops: () => 0,
  rungs: [
    {
      id: "noop/01",
      idea: "nothing",
      module: parseWgsl("@compute @workgroup_size(1) fn main() {}"),
      passes: mainPass(() => [1, 1, 1]),
    },
  ],
  select: () => ["noop/01"],
};

const batches = [1, 32, 1024];

await withGpu("Empty dispatches, submitted together and waited for", async (gpu) => {
  const [dispatch] = await gpu.prepare(planKernel(noop, null, { device: baselineDevice }), {});
  const tasks = batches.map((count) => {
    const dispatches = Array.from({ length: count }, () => dispatch!);
    return [
      `${count}`,
      async () => {
        gpu.submit(dispatches);
        await gpu.idle();
      },
    ] as const;
  });
  const timesUs = await medianTimesUs(Object.fromEntries(tasks));
  console.table(
    batches.map((count) => {
      const timeUs = timesUs.get(`${count}`)!;
      return { dispatches: count, "submit and wait, us": digits(timeUs), "us per dispatch": digits(timeUs / count) };
    }),
  );
});
