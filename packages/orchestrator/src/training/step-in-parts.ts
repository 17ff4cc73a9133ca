import type { Program } from "@fledge/autograd";
import type { StepResult } from "./steps.ts";

type Values = Readonly<Record<string, Uint8Array | Int32Array>>;
type Results = Awaited<ReturnType<Program<never, StepResult>["run"]>>;

/** A program for `size` images that adds its gradients to a sum. */
export interface Part {
  readonly size: number;
  readonly program: { run(inputs: Values & { readonly share: number; readonly part: number }): Promise<Results> };
}

/** Sizes of the fewest parts of at most `largest` images, as equal as can be: 40 in parts of at most 16 is 14, 13, 13. */
export function partSizes(size: number, largest: number): number[] {
  const parts = Math.ceil(size / largest);
  return Array.from({ length: parts }, (_, part) => Math.floor(size / parts) + Number(part < size % parts));
}

/** Rows `start` to `end` of arrays that hold `size` rows each. */
function rows(values: Values, size: number, start: number, end: number): Values {
  const cut = Object.entries(values).map(([name, array]) => {
    const width = array.length / size;
    return [name, array.subarray(start * width, end * width)];
  });
  return Object.fromEntries(cut) as Values;
}

/**
 * One step on a batch too large for the device at once: the gradients of its parts are added up, each weighted by its
 * share of the images, and the parameters move once. Everything is submitted before anything is awaited.
 */
export async function stepInParts(
  parts: readonly Part[],
  update: { run(inputs: { readonly learningRate: number }): Promise<unknown> },
  { learningRate, ...values }: { readonly learningRate: number } & Values,
): Promise<Results> {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  let start = 0;
  const running = parts.map(({ size: own, program }, part) => {
    const given = rows(values as Values, size, start, (start += own));
    return program.run({ ...given, share: own / size, part } as Parameters<Part["program"]["run"]>[0]);
  });
  // Together, so that where the device is lost no rejection is left for nobody to catch.
  const [results] = await Promise.all([Promise.all(running), update.run({ learningRate })]);
  const sum = (term: (result: Results, part: number) => number): number =>
    results.reduce((total, result, part) => total + term(result, part), 0);
  return {
    loss: Float32Array.of(sum(({ loss }, part) => loss[0]! * (parts[part]!.size / size))),
    correct: Uint32Array.of(sum(({ correct }) => correct[0]!)),
    labels: Int32Array.from(results.flatMap(({ labels }) => [...labels])),
  };
}
