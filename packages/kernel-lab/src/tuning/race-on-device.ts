import {
  choiceText,
  GpuInternalError,
  GpuOutOfMemoryError,
  shapeKey,
  ShaderCompilationError,
  TensorTooLargeError,
  type Gpu,
  type KernelPlan,
} from "@fledge/runtime";
import { KernelTensors } from "../run-kernel.ts";
import { warmUp } from "../warm-up.ts";
import { checkAgreement, DisagreementError, roundingsOf } from "./agreement.ts";
import type { Candidates } from "./candidates.ts";
import { makeUpInputs } from "./made-up-inputs.ts";
import { ExpectedOutputs } from "./on-device/expected-outputs.ts";
import { race, type Racer, type RaceResult } from "./race.ts";

/** Winner and times by `choiceText`: a rung, or a rung with the constants of a tile. */
export interface TuneResult extends RaceResult {
  /** Why one may not win: the adapter cannot run it, or it disagrees with the reference rung. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** Tiles that were not tried, as their time was up. */
  readonly untried?: number;
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

/** A rung whose own constants take this many times as long as the fastest's has no tile that is worth a try. */
const nearlyBest = 2;
/** How long tiles of a kernel and shape are compiled and checked; no more are begun after it. */
const tileSeconds = 5;
/** So many tiles are compiled at a time, beside one another. */
const compiledTogether = 8;
/**
 * Least duration of a sample, so that submitting costs little of it: a driver on the CPU has no other clock than the
 * wall's, and other processes beside it.
 */
const sampleUs = { software: 10_000, hardware: 2_000 } as const;
/** The reference rung's outputs on the device; undefined where there is no room for them twice. */
async function keepOutputs(
  ...given: ConstructorParameters<typeof ExpectedOutputs>
): Promise<ExpectedOutputs | undefined> {
  const [gpu] = given;
  const kept = new ExpectedOutputs(...given);
  try {
    await gpu.idle();
    return kept;
  } catch (error) {
    kept.free();
    if (!(error instanceof GpuOutOfMemoryError)) throw error;
    await gpu.idle().catch(() => undefined); // That it copied into what is not there.
    return undefined;
  }
}

/** The tiles of the rungs that came in near the first, those of the fastest rung first. */
export function worthTrying(tiles: readonly KernelPlan[], { winner, timesUs }: RaceResult): KernelPlan[] {
  const timeOf = ({ rung }: KernelPlan): number => timesUs[rung] ?? Infinity;
  return tiles.filter((tile) => timeOf(tile) <= nearlyBest * timesUs[winner]!).sort((a, b) => timeOf(a) - timeOf(b));
}

/**
 * Runs plans of one kernel and shape on made-up inputs, the default first, and times those whose results agree with
 * the reference rung's; then, as long as there is time, tiles of the fastest, which are checked the same way, against
 * the one that won. Where no plan agrees the reference rung wins.
 * @param options.tileSeconds see above; for tests
 * @throws NoReferenceError
 */
export async function raceOnDevice(
  gpu: Gpu,
  plans: readonly KernelPlan[],
  { use: { kernel, shape }, tiles, reference }: Candidates,
  options: { readonly tileSeconds?: number } = {},
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
  const sample = sampleUs[gpu.adapter.software ? "software" : "hardware"];
  let tensors: KernelTensors | undefined;
  let expected: ExpectedOutputs | undefined;
  try {
    const agree = await attempt(reference.rung, async () => {
      const onDevice = (tensors = new KernelTensors(gpu, reference, makeUpInputs(reference.tensors)));
      const outputs = await (await onDevice.load(reference)).run();
      const roundings = roundingsOf(reference, outputs);
      expected = await keepOutputs(gpu, reference, onDevice.slices, roundings);
      return async (factor: number): Promise<void> => {
        // What is outside is told element by element, on the host.
        if (!(await expected?.areThere(factor)))
          checkAgreement(reference, outputs, roundings, await onDevice.outputs(), factor);
      };
    });
    if (!tensors || !agree) {
      throw new NoReferenceError(
        `${reference.rung}, against which every rung of ${kernel.name} is checked, fails on ${shapeKey(shape)}: ` +
          leftOut[reference.rung],
      );
    }
    const onDevice = tensors;
    const admit = async (plan: KernelPlan): Promise<Racer[]> => {
      const name = choiceText(plan);
      const loaded = await attempt(name, async () => {
        const loading = await onDevice.load(plan);
        const { errorFactor } = kernel.rungs.find(({ id }) => id === plan.rung)!;
        loading.submit();
        await agree(errorFactor?.(shape) ?? 1);
        return loading;
      });
      return loaded ? [{ rung: name, time: (repeats) => gpu.timeUs(loaded.dispatches, repeats) }] : [];
    };
    /** Begins with no more once it is `until`; the others are untried. */
    const admitAll = async (some: readonly KernelPlan[], until = Infinity) => {
      const admitted: Racer[] = [];
      let tried = 0;
      for (; tried < some.length && performance.now() < until; tried += compiledTogether) {
        const together = some.slice(tried, tried + compiledTogether);
        // Their errors come again where they are loaded.
        await Promise.allSettled(together.map((plan) => gpu.compile(plan)));
        for (const plan of together) admitted.push(...(await admit(plan)));
      }
      return { admitted, untried: Math.max(0, some.length - tried) };
    };
    const { admitted: racers } = await admitAll(plans);
    if (racers.length === 0) return { winner: reference.rung, timesUs: {}, leftOut };
    await warmUp(gpu, racers[0]!.time);
    const first = await race(racers, sample);
    const trying = worthTrying(tiles, first);
    if (trying.length === 0) return { ...first, leftOut };
    const until = performance.now() + 1000 * (options.tileSeconds ?? tileSeconds);
    const { admitted, untried } = await admitAll(trying, until);
    const finalists = [...racers.filter(({ rung }) => rung === first.winner), ...admitted];
    await warmUp(gpu, finalists[0]!.time);
    const { winner, timesUs } = await race(finalists, sample);
    return { winner, timesUs: { ...first.timesUs, ...timesUs }, leftOut, untried };
  } finally {
    expected?.free();
    tensors?.free();
  }
}
