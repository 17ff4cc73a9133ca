// What the doze of src/wait.ts gains: the same work, waited for with it and with the bare promise of WebGPU.
import { baselineDevice } from "../src/device-traits.ts";
import { planKernel } from "../src/plan-kernel.ts";
import { addKernel } from "../test/support/add-kernel.ts";
import { digits, medianTimesUs, withGpu } from "./measure.ts";

const count = 65536;
/** Both ways take turns, so that what else runs on the machine slows both alike; the best turn of each is shown. */
const turns = 5;
const timePerTurnMs = 20;

await withGpu("Waiting for work on all cores", async (gpu, device) => {
  const x = gpu.allocateBytes(4 * count, "x");
  const rows: object[] = [];
  for (const rounds of [10, 100, 300]) {
    const dispatches = await gpu.prepare(
      planKernel(addKernel, { count, step: 1, rounds }, { device: baselineDevice }),
      { x },
    );
    const waiting = {
      bare: async () => {
        gpu.submit(dispatches);
        await device.queue.onSubmittedWorkDone();
      },
      dozing: async () => {
        gpu.submit(dispatches);
        await gpu.idle();
      },
    };
    const bestUs = { bare: Infinity, dozing: Infinity };
    for (let turn = 0; turn < turns; turn += 1) {
      const timesUs = await medianTimesUs(waiting, timePerTurnMs);
      for (const name of ["bare", "dozing"] as const) bestUs[name] = Math.min(bestUs[name], timesUs.get(name)!);
    }
    rows.push({
      "rounds per element": rounds,
      "bare promise, us": digits(bestUs.bare),
      "Gpu.idle, us": digits(bestUs.dozing),
      "bare / Gpu.idle": digits(bestUs.bare / bestUs.dozing),
    });
  }
  console.table(rows);
});
