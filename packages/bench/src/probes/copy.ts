import { ceilDiv, input, linearWorkgroups, mainPass, output, readWgsl, type Kernel } from "@fledge/runtime";

/** A copy of `count` elements, `run` vectors of four by each invocation. */
export interface CopyShape {
  readonly count: number;
  readonly run: number;
}

export const copyProbe: Kernel<CopyShape> = {
  name: "copy-probe",
  check({ count, run }) {
    if (!(count > 0 && count % 4 === 0)) throw new Error(`copy-probe: count ${count} must be a positive multiple of 4`);
    if (!(run > 0)) throw new Error(`copy-probe: run ${run} must be positive`);
  },
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: () => 0,
  rungs: [
    {
      id: "copy-probe/copy",
      idea: "the only one",
      module: readWgsl(import.meta.url, "./copy.wgsl"),
      params: ({ count, run }) => ({ vectors: count / 4, run }),
      passes: mainPass(({ count, run }, { WG }) => linearWorkgroups(ceilDiv(count / 4, run), WG!)),
    },
  ],
  select: () => ["copy-probe/copy"],
};

/**
 * The `run` that copies fastest. On a CPU setting out and ending an invocation costs as much as a few dozen loads; a
 * GPU has invocations to spare.
 */
export const fastestRun = (software: boolean): number => (software ? 128 : 1);
