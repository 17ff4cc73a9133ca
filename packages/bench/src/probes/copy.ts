import { input, linearWorkgroups, mainPass, output, readWgsl, type Kernel } from "@fledge/runtime";

export interface CopyShape {
  readonly count: number;
}

export const copyProbe: Kernel<CopyShape> = {
  name: "copy-probe",
  check({ count }) {
    if (!(count > 0 && count % 4 === 0)) throw new Error(`copy-probe: count ${count} must be a positive multiple of 4`);
  },
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: () => 0,
  rungs: [
    {
      id: "copy-probe/copy",
      change: "the only one",
      source: readWgsl(import.meta.url, "./copy.wgsl"),
      params: ({ count }) => ({ vectors: count / 4 }),
      passes: mainPass(({ count }, { WG }) => linearWorkgroups(count / 4, WG!)),
    },
  ],
  select: () => ["copy-probe/copy"],
};
