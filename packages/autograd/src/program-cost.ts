import type { Gpu, KernelPlan } from "@fledge/runtime";
import type { CompileOptions } from "./compile.ts";
import { CountedMemory, locateUnplaced, variableBytes, type Together } from "./counted-memory.ts";
import { plan } from "./plan.ts";
import { recordInParts } from "./record-in-parts.ts";
import { differentiated, simplified, type ProgramSource, type Recorded } from "./record.ts";

/** What a program costs, before it is compiled. */
export interface ProgramCost {
  /** Every kernel of a run in order; of a batch in parts those of each part, and of the update. */
  readonly kernels: readonly KernelPlan[];
  /** Arithmetic operations of a run, a multiply-add counting two. */
  readonly flops: number;
  /** Bytes of device memory that the program takes beside variables: arena, gradients, scratch, sums over parts. */
  readonly memoryBytes: number;
}

/**
 * Plans what `compile` would run for this source, with the rungs that it would choose; compiles and allocates nothing.
 * @param gpu may be the traits of an adapter that is not there
 * @param together as `kernelUses` takes it
 */
export function programCost<Inputs extends string, Results extends string>(
  gpu: Pick<Gpu, "traits">,
  source: ProgramSource<Inputs, Results>,
  options: CompileOptions = {},
  together: Together = [],
): ProgramCost {
  const memory = new CountedMemory();
  const { rungs = {}, choices = {} } = options;
  const planned = ({ graph, inputs, results }: Recorded<string, string>): KernelPlan[] => {
    const locate = locateUnplaced(gpu, graph, together);
    const held = [...Object.values(results), ...Object.values(inputs)];
    return plan(gpu, memory, graph, held, { rungs, choices }, locate).kernels.map((kernel) => kernel.plan);
  };
  const costOf = (kernels: readonly KernelPlan[], ofSums = 0): ProgramCost => ({
    kernels,
    flops: kernels.reduce((sum, { flops }) => sum + flops, 0),
    memoryBytes: memory.bytes + ofSums,
  });
  const inParts = recordInParts(source, options.atOnce ?? Infinity, options);
  if (!inParts) return costOf(planned(simplified(differentiated(source, options), options)));
  const { partOf, sizes, update, sums } = inParts;
  const kernelsOf = new Map([...partOf].map(([size, part]) => [size, planned(part)]));
  const kernels = [...sizes.flatMap((size) => kernelsOf.get(size)!), ...(update ? planned(update) : [])];
  return costOf(kernels, variableBytes(gpu, sums));
}
