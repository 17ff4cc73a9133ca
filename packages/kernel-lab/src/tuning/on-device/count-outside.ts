import { ceilDiv, input, inout, mainPass, readWgsl, type Kernel } from "@fledge/runtime";

/** A comparison of two tensors of `count` 32-bit words, as f32 within bounds or as words that must be equal. */
export interface OutsideShape {
  readonly count: number;
  readonly floats: boolean;
  /** The bound of an element, as a share of its size; not below `least`. */
  readonly relative: number;
  readonly least: number;
}

/** Enough invocations for any GPU; each takes several elements, so that few add to the one counter. */
const mostWorkgroups = 4096;

export const countOutside: Kernel<OutsideShape> = {
  name: "count-outside",
  check({ count }) {
    if (!(count > 0)) throw new Error(`count-outside: count ${count} must be positive`);
  },
  tensors: ({ count }) => ({
    actual: input([count], "u32"),
    expected: input([count], "u32"),
    outside: inout([1], "u32"),
  }),
  flops: ({ count }) => 3 * count,
  rungs: [
    {
      id: "count-outside/strided",
      idea: "the only one",
      module: readWgsl(import.meta.url, "./count-outside.wgsl"),
      params: ({ count, floats, relative, least }) => ({ count, floats: Number(floats), relative, least }),
      passes: mainPass(({ count }, { WG }) => [Math.min(mostWorkgroups, ceilDiv(count, WG!)), 1, 1]),
    },
  ],
  select: () => ["count-outside/strided"],
};
