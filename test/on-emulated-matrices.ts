import { conv2dForward, conv2dGradInput, conv2dGradWeight, type Conv2dShape } from "@fledge/conv2d";
import type { Kernel } from "@fledge/runtime";
import { emulatedMatrices, usesMatrixUnits } from "@fledge/testing";

type Rungs = Kernel<Conv2dShape>["rungs"];

const kernels: { rungs: Rungs }[] = [conv2dForward, conv2dGradInput, conv2dGradWeight];
const own = kernels.map(({ rungs }) => rungs);

/** The rungs that multiply on matrix units, by their ids. */
export const matrixRungs: ReadonlySet<string> = new Set(
  own.flatMap((rungs) => rungs.filter(usesMatrixUnits).map(({ id }) => id)),
);

/** Runs with those rungs emulated, on an adapter that has f16 and no matrix units. */
export async function onEmulatedMatrices<T>(run: () => Promise<T>): Promise<T> {
  for (const kernel of kernels)
    kernel.rungs = kernel.rungs.map((rung) => (usesMatrixUnits(rung) ? emulatedMatrices(rung) : rung));
  try {
    return await run();
  } finally {
    kernels.forEach((kernel, i) => (kernel.rungs = own[i]!));
  }
}
