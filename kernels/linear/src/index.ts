import { input, output, type Kernel } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import { selectForward, selectGradInput, selectGradWeight } from "./select.ts";
import { checkLinear, productAndBiasFlops, productFlops, type LinearShape } from "./shape.ts";

export type { LinearShape } from "./shape.ts";

/** torch.nn.functional.linear with the weight transposed. Tensors: x [N,IN], weight [IN,OUT], bias [OUT] in; out [N,OUT] out. */
export const linearForward: Kernel<LinearShape> = {
  name: "linear-forward",
  check: checkLinear,
  tensors: ({ N, IN, OUT }) => ({
    x: input([N, IN]),
    weight: input([IN, OUT]),
    bias: input([OUT]),
    out: output([N, OUT]),
  }),
  flops: productAndBiasFlops,
  noop: forward.noop,
  rungs: [forward.naive, forward.registerBlocked, forward.laneBroadcast, forward.workgroupTiles, forward.splitK],
  select: selectForward,
};

/** Tensors: dOut [N,OUT], weight [IN,OUT] in; dX [N,IN] out. */
export const linearGradInput: Kernel<LinearShape> = {
  name: "linear-grad-input",
  check: checkLinear,
  tensors: ({ N, IN, OUT }) => ({ dOut: input([N, OUT]), weight: input([IN, OUT]), dX: output([N, IN]) }),
  flops: productFlops,
  noop: gradInput.noop,
  rungs: [gradInput.naive, gradInput.registerBlocked, gradInput.laneBroadcast, gradInput.workgroupTiles],
  select: selectGradInput,
};

/** Tensors: x [N,IN], dOut [N,OUT] in; dWeight [IN,OUT], dBias [OUT] out. */
export const linearGradWeight: Kernel<LinearShape> = {
  name: "linear-grad-weight",
  check: checkLinear,
  tensors: ({ N, IN, OUT }) => ({
    x: input([N, IN]),
    dOut: input([N, OUT]),
    dWeight: output([IN, OUT]),
    dBias: output([OUT]),
  }),
  flops: productAndBiasFlops,
  noop: gradWeight.noop,
  rungs: [gradWeight.naive, gradWeight.registerBlocked, gradWeight.laneBroadcast, gradWeight.workgroupTiles],
  select: selectGradWeight,
};
