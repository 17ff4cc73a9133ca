import {
  GpuInternalError,
  GpuOutOfMemoryError,
  shapeKey,
  ShaderCompilationError,
  TensorTooLargeError,
  type Gpu,
  type KernelPlan,
} from "@fledge/runtime";
import { KernelTensors } from "../run-kernel.ts";
import { agreementWith, DisagreementError } from "./agreement.ts";
import type { Candidates } from "./candidates.ts";
import { makeUpInputs } from "./made-up-inputs.ts";
import { race, type Racer, type RaceResult } from "./race.ts";

export interface TuneResult extends RaceResult {
  /** Why a rung may not win, by rung: the adapter cannot run it, or it disagrees with the reference rung. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** The reference rung of a kernel and shape has no result, so that no rung can be checked, and none chosen. */
export class NoReferenceError extends Error {
  override readonly name = "NoReferenceError";
}

/** Errors that are one rung's own; another may do without what it needs. */
const ofTheRung = [
  DisagreementError,
  ShaderCompilationError,
  TensorTooLargeError,
  GpuOutOfMemoryError,
  GpuInternalError,
];

/**
 * Runs plans of one kernel and shape on made-up inputs, the default first, and times those whose results agree with
 * the reference rung's. Where none does the reference rung wins.
 * @throws NoReferenceError
 */
export async function raceOnDevice(
  gpu: Gpu,
  plans: readonly KernelPlan[],
  { use: { kernel, shape }, reference }: Candidates,
): Promise<TuneResult> {
  const leftOut: Record<string, string> = {};
  const attempt = async <T>(rung: string, body: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await body();
    } catch (error) {
      if (!ofTheRung.some((type) => error instanceof type)) throw error;
      await gpu.idle().catch(() => undefined); // What else the device has to say of it is not the next rung's.
      leftOut[rung] = (error as Error).message;
      return undefined;
    }
  };
  let tensors: KernelTensors | undefined;
  try {
    const agree = await attempt(reference.rung, async () => {
      tensors = new KernelTensors(gpu, reference, makeUpInputs(reference.tensors));
      return agreementWith(reference, await (await tensors.load(reference)).run());
    });
    if (!tensors || !agree) {
      throw new NoReferenceError(
        `${reference.rung}, against which every rung of ${kernel.name} is checked, fails on ${shapeKey(shape)}: ` +
          leftOut[reference.rung],
      );
    }
    const onDevice = tensors;
    const racers: Racer[] = [];
    for (const plan of plans) {
      const loaded = await attempt(plan.rung, async () => {
        const loading = await onDevice.load(plan);
        const { errorFactor } = kernel.rungs.find(({ id }) => id === plan.rung)!;
        agree(await loading.run(), errorFactor?.(shape) ?? 1);
        return loading;
      });
      if (loaded) racers.push({ rung: plan.rung, time: (repeats) => gpu.timeUs(loaded.dispatches, repeats) });
    }
    return racers.length === 0
      ? { winner: reference.rung, timesUs: {}, leftOut }
      : { ...(await race(racers)), leftOut };
  } finally {
    tensors?.free();
  }
}
