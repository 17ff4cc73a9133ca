import { input, output, type Kernel } from "@fledge/runtime";
import * as forwardLadder from "./forward/ladder.ts";
import { selectForward } from "./select.ts";
import { checkStarterKernel, starterKernelFlops, type StarterKernelShape } from "./shape.ts";

export type { StarterKernelShape } from "./shape.ts";

/** The square. Tensors: x f32[count] in; out f32[count] out. */
export const starterKernelForward: Kernel<StarterKernelShape> = {
  ...forwardLadder.ladder,
  check: checkStarterKernel,
  tensors: ({ count }) => ({ x: input([count]), out: output([count]) }),
  flops: starterKernelFlops,
  select: selectForward,
};
