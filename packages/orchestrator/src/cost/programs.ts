import { createHash } from "node:crypto";
import { programCost, type ProgramCost } from "@fledge/autograd";
import { baselineDevice, planVersion, traitsFor, type Choices, type Gpu } from "@fledge/runtime";
import { actorsOf, programKey, sourceOf, type ProgramUse } from "../stages/programs.ts";
import type { Config } from "../config/schema.ts";

/** A program for batches of one size. */
export interface PlannedProgram {
  readonly use: ProgramUse;
  /** Images of a batch, without those beside. */
  readonly size: number;
  /** Equal for two programs that run the same kernels on the same shapes in the same order. */
  readonly id: string;
  /** Of a run. */
  readonly flops: number;
  /** On the device, beside variables. */
  readonly memoryBytes: number;
}

function idOf({ kernels }: ProgramCost): string {
  const hash = createHash("sha256");
  for (const kernel of kernels)
    hash.update(
      JSON.stringify([planVersion(kernel), Object.values(kernel.tensors).map(({ shape, dtype }) => [dtype, ...shape])]),
    );
  return hash.digest("hex").slice(0, 16);
}

/** What programs are planned for: the adapter, or where there is none one that has what their precision wants. */
export const deviceFor = (gpu: Gpu | null | undefined, { training }: Config): Pick<Gpu, "traits"> =>
  gpu ?? { traits: traitsFor(training.precision, baselineDevice) };

export type Planner = (use: ProgramUse, size: number) => PlannedProgram;

/** Plans a configuration's programs, each once. @param gpu may be the traits of an adapter that is not there */
export function plannerOf(gpu: Pick<Gpu, "traits">, config: Config, classes: number, choices: Choices): Planner {
  const known = new Map<string, PlannedProgram>();
  return (use, size) => {
    const key = `${programKey(use)}, ${size}`;
    let planned = known.get(key);
    if (!planned) {
      const actors = actorsOf(use, config, classes);
      const together = [actors.network.variables, actors.optimiser.variables];
      const { atOnce } = use.batches;
      const cost = programCost(gpu, sourceOf(use, config, actors)(size), { atOnce, choices }, together);
      planned = { use, size, id: idOf(cost), flops: cost.flops, memoryBytes: cost.memoryBytes };
      known.set(key, planned);
    }
    return planned;
  };
}
