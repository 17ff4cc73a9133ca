import { ladderTests } from "@fledge/testing";
import { batchnormApply, batchnormBackward, batchnormStatistics } from "../src/index.ts";
import { applyReference, backwardReference, statisticsReference } from "../src/reference.ts";
import { applyInputs, backwardInputs, statisticsInputs } from "./inputs.ts";
import { activations, singleRow, withOptions } from "./shapes.ts";
import { applyTolerance, backwardTolerance, statisticsTolerance } from "./tolerance.ts";

const plain = { epsilon: 1e-5, relu: false, residual: false };
const odd = activations["channels no multiple of 4"];
const even = activations["a last strip of one row"];

ladderTests({
  kernel: batchnormStatistics,
  cases: {
    ...withOptions(activations, { momentum: 0.1 }),
    "momentum 0": { ...even, momentum: 0 },
    "momentum 1": { ...even, momentum: 1 },
  },
  inputs: statisticsInputs,
  reference: statisticsReference,
  tolerance: statisticsTolerance,
});

ladderTests({
  kernel: batchnormApply,
  cases: {
    ...withOptions(activations, plain),
    "one row": { ...singleRow, ...plain },
    "epsilon 0.1": { ...even, ...plain, epsilon: 0.1 },
    relu: { ...even, ...plain, relu: true },
    residual: { ...even, ...plain, residual: true },
    "residual and relu": { ...even, ...plain, relu: true, residual: true },
    "residual and relu, channels no multiple of 4": { ...odd, ...plain, relu: true, residual: true },
  },
  inputs: applyInputs,
  reference: applyReference,
  tolerance: applyTolerance,
});

ladderTests({
  kernel: batchnormBackward,
  cases: {
    ...withOptions(activations, { ...plain, frozen: false }),
    "one row, frozen": { ...singleRow, ...plain, relu: true, residual: true, frozen: true },
    "epsilon 0.1": { ...even, ...plain, epsilon: 0.1, frozen: false },
    relu: { ...even, ...plain, relu: true, frozen: false },
    residual: { ...even, ...plain, residual: true, frozen: false },
    "residual and relu": { ...even, ...plain, relu: true, residual: true, frozen: false },
    "residual and relu, channels no multiple of 4": { ...odd, ...plain, relu: true, residual: true, frozen: false },
    frozen: { ...even, ...plain, frozen: true },
    "frozen, residual and relu": { ...odd, ...plain, relu: true, residual: true, frozen: true },
  },
  inputs: backwardInputs,
  reference: backwardReference,
  tolerance: backwardTolerance,
});
