import { input, output, type Kernel } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import { selectForward, selectGradInput, selectGradWeight } from "./select.ts";
import { checkLinear, productAndBiasFlops, productFlops, type LinearShape } from "./shape.ts";

export type { LinearShape } from "./shape.ts";

/** torch.nn.functional.linear with the weight transposed. Tensors: x [N,IN], weight [IN,OUT], bias [OUT] in; out [N,OUT] out. */
export const linearForward: Kernel<LinearShape> = {
  ...forward.ladder,
  check: checkLinear,
  tensors: ({ N, IN, OUT }) => ({
    x: input([N, IN]),
    weight: input([IN, OUT]),
    bias: input([OUT]),
    out: output([N, OUT]),
  }),
  flops: productAndBiasFlops,
  select: selectForward,
};

/** Tensors: dOut [N,OUT], weight [IN,OUT] in; dX [N,IN] out. */
export const linearGradInput: Kernel<LinearShape> = {
  ...gradInput.ladder,
  check: checkLinear,
  tensors: ({ N, IN, OUT }) => ({ dOut: input([N, OUT]), weight: input([IN, OUT]), dX: output([N, IN]) }),
  flops: productFlops,
  select: selectGradInput,
};

/** Tensors: x [N,IN], dOut [N,OUT] in; dWeight [IN,OUT], dBias [OUT] out. */
export const linearGradWeight: Kernel<LinearShape> = {
  ...gradWeight.ladder,
  check: checkLinear,
  tensors: ({ N, IN, OUT }) => ({
    x: input([N, IN]),
    dOut: input([N, OUT]),
    dWeight: output([IN, OUT]),
    dBias: output([OUT]),
  }),
  flops: productAndBiasFlops,
  select: selectGradWeight,
};
