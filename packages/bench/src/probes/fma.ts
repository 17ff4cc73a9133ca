import { linearWorkgroups, mainPass, output, readWgsl, type Kernel } from "@fledge/runtime";

/** One result per invocation, each from 10 chains of 8 * `iterations` multiply-adds. */
export interface FmaShape {
  readonly count: number;
  readonly iterations: number;
}

export const fmaProbe: Kernel<FmaShape> = {
  name: "fma-probe",
  check({ count, iterations }) {
    if (!(count > 0 && iterations > 0))
      throw new Error(`fma-probe: count ${count} and iterations ${iterations} must be positive`);
  },
  tensors: ({ count }) => ({ out: output([count]) }),
  flops: ({ count, iterations }) => count * (160 * iterations + 9),
  rungs: [
    {
      id: "fma-probe/fma",
      idea: "the only one",
      module: readWgsl(import.meta.url, "./fma.wgsl"),
      // Every chain halves its distance from 2 with each step, so all results are 10 * 2.
      params: ({ count, iterations }) => ({ count, iterations, scale: 0.5, offset: 1 }),
      passes: mainPass(({ count }, { WG }) => linearWorkgroups(count, WG!)),
    },
  ],
  select: () => ["fma-probe/fma"],
};

/** Holds from 8 iterations on: the start, below 73, has then halved away 64 times. */
export const fmaProbeResult = ({ count }: FmaShape): Float64Array => new Float64Array(count).fill(20);
