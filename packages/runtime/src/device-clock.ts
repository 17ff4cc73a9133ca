import { MissingFeatureError } from "./errors.ts";
import { encodeDispatch, type PreparedDispatch } from "./prepared-dispatch.ts";
import type { Readback } from "./readback.ts";

/** WebGPU's largest query set holds 4096 timestamps, two for a pass. */
const chunkLength = 2048;
const timestampBytes = 8;

/** Times compute passes by the device's own clock. */
export class DeviceClock {
  readonly #device: GPUDevice;
  readonly #readback: Readback;

  constructor(device: GPUDevice, readback: Readback) {
    this.#device = device;
    this.#readback = readback;
  }

  /** Runs each list of dispatches in a pass of its own, in order; the microseconds of each pass. */
  async timesUs(passes: readonly (readonly PreparedDispatch[])[]): Promise<Float64Array> {
    if (!this.#device.features.has("timestamp-query")) {
      throw new MissingFeatureError(
        "this adapter has no timestamp-query, so dispatches cannot be profiled; time whole submissions instead",
      );
    }
    const timesUs = new Float64Array(passes.length);
    for (let start = 0; start < passes.length; start += chunkLength) {
      timesUs.set(await this.#chunk(passes.slice(start, start + chunkLength)), start);
    }
    return timesUs;
  }

  async #chunk(passes: readonly (readonly PreparedDispatch[])[]): Promise<Float64Array> {
    const count = 2 * passes.length;
    const sizeBytes = count * timestampBytes;
    const querySet = this.#device.createQuerySet({ type: "timestamp", count });
    const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    const buffer = this.#device.createBuffer({ label: "timestamps", size: sizeBytes, usage });
    try {
      const encoder = this.#device.createCommandEncoder();
      passes.forEach((dispatches, index) => {
        const timestampWrites = { querySet, beginningOfPassWriteIndex: 2 * index, endOfPassWriteIndex: 2 * index + 1 };
        const pass = encoder.beginComputePass({ label: dispatches[0]?.dispatch.rung ?? "", timestampWrites });
        for (const dispatch of dispatches) encodeDispatch(pass, dispatch);
        pass.end();
      });
      encoder.resolveQuerySet(querySet, 0, count, buffer, 0);
      const collect = this.#readback.record(encoder, [{ buffer, offset: 0, sizeBytes }]);
      this.#device.queue.submit([encoder.finish()]);
      const [contents] = await collect();
      const timesNs = new BigUint64Array(contents!);
      return Float64Array.from(passes, (_, index) => Number(timesNs[2 * index + 1]! - timesNs[2 * index]!) / 1000);
    } finally {
      querySet.destroy();
      buffer.destroy();
    }
  }
}
