import { encodeDispatch, type Gpu, type PreparedDispatch } from "@fledge/runtime";

/** Milliseconds that `repeats` runs of some dispatches take in one submission. */
export interface BatchTimer {
  readonly timeMs: (dispatches: readonly PreparedDispatch[], repeats: number) => Promise<number>;
  readonly free: () => void;
}

/** From submitting until the queue is idle: what submitting and waiting cost is in it. */
function wallClock(gpu: Gpu): BatchTimer {
  const timeMs = async (dispatches: readonly PreparedDispatch[], repeats: number): Promise<number> => {
    const batch = Array.from({ length: repeats }, () => dispatches).flat();
    const startMs = performance.now();
    gpu.submit(batch);
    await gpu.idle();
    return performance.now() - startMs;
  };
  return { timeMs, free: () => undefined };
}

/** By the device's own clock, at the beginning and the end of the pass that holds the batch. */
function deviceClock(gpu: Gpu): BatchTimer {
  const querySet = gpu.device.createQuerySet({ type: "timestamp", count: 2 });
  const buffer = gpu.device.createBuffer({ size: 16, usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC });
  const timeMs = async (dispatches: readonly PreparedDispatch[], repeats: number): Promise<number> => {
    const encoder = gpu.device.createCommandEncoder();
    const timestampWrites = { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
    const pass = encoder.beginComputePass({ timestampWrites });
    for (let run = 0; run < repeats; run += 1) {
      for (const dispatch of dispatches) encodeDispatch(pass, dispatch);
    }
    pass.end();
    encoder.resolveQuerySet(querySet, 0, 2, buffer, 0);
    const collect = gpu.readback.record(encoder, [{ buffer, offset: 0, sizeBytes: 16 }]);
    gpu.device.queue.submit([encoder.finish()]);
    const [contents] = await collect();
    gpu.throwIfFailed();
    const [startNs, endNs] = new BigUint64Array(contents!);
    return Number(endNs! - startNs!) / 1e6;
  };
  return {
    timeMs,
    free: () => {
      querySet.destroy();
      buffer.destroy();
    },
  };
}

/** The device's clock where the adapter has one, else the wall's. */
export const batchTimer = (gpu: Gpu): BatchTimer =>
  gpu.traits.features.has("timestamp-query") ? deviceClock(gpu) : wallClock(gpu);
