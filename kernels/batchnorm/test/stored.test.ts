// The rungs with activations and their gradients in memory as f16; statistics, parameters and theirs stay f32.
import { ladderTests } from "@fledge/testing";
import type { Kernel } from "@fledge/runtime";
import { batchnormApply, batchnormBackward, batchnormStatistics } from "../src/index.ts";
import { applyReference, backwardReference, statisticsReference } from "../src/reference.ts";
import { applyInputs, backwardInputs, statisticsInputs } from "./inputs.ts";
import { activations } from "./shapes.ts";
import { applyTolerance, backwardTolerance, statisticsTolerance } from "./tolerance.ts";

/** Those of single channels, and those that are chosen: all rungs store halves in one way, and a test of autograd plans each so. */
const some = <Shape>(kernel: Kernel<Shape>): Kernel<Shape> => ({
  ...kernel,
  rungs: kernel.rungs.filter(({ id }) =>
    /single-read|several-rows|vectorised|whole-columns|workgroup-tree|long-runs/.test(id),
  ),
});
const even = { ...activations["a last strip of one row"]!, storage: "f16" as const };
const odd = { ...activations["channels no multiple of 4"]!, storage: "f16" as const };
const ending = { epsilon: 1e-5, relu: true, residual: true };

ladderTests({
  kernel: some(batchnormStatistics),
  cases: { "f16, even": { ...even, momentum: 0.1 }, "f16, odd": { ...odd, momentum: 0.1 } },
  inputs: statisticsInputs,
  reference: statisticsReference,
  tolerance: statisticsTolerance,
});

ladderTests({
  kernel: some(batchnormApply),
  cases: {
    "f16, plain": { ...even, epsilon: 1e-5, relu: false, residual: false },
    "f16, residual and relu": { ...even, ...ending },
    "f16, odd": { ...odd, ...ending },
  },
  inputs: applyInputs,
  reference: applyReference,
  tolerance: applyTolerance,
});

ladderTests({
  kernel: some(batchnormBackward),
  cases: {
    "f16, relu": { ...even, epsilon: 1e-5, relu: true, residual: false, frozen: false },
    "f16, residual and relu": { ...even, ...ending, frozen: false },
    "f16, odd": { ...odd, ...ending, frozen: false },
  },
  inputs: backwardInputs,
  reference: backwardReference,
  tolerance: backwardTolerance,
});
