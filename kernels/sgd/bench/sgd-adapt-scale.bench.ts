import { benchLadder } from "@fledge/bench";
import { sgdAdaptScale } from "../src/index.ts";
import { sgdAdaptScaleReference } from "../src/reference.ts";

const state = { lossScale: 1, growthTracker: 0, stepCount: 41 };

await benchLadder({
  title: "sgd-adapt-scale",
  kernel: sgdAdaptScale,
  cases: { "one scale": { growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000 } },
  inputs: () => ({
    lossScale: Float32Array.of(state.lossScale),
    growthTracker: Uint32Array.of(state.growthTracker),
    overflowed: Uint32Array.of(0),
    skipped: Uint32Array.of(0),
    stepCount: Uint32Array.of(state.stepCount),
  }),
  reference: (shape) => {
    const after = { ...sgdAdaptScaleReference(shape, state, false), overflowed: 0, skipped: 0 };
    return Object.fromEntries(Object.entries(after).map(([name, value]) => [name, Float64Array.of(value)]));
  },
  tolerance: () => ({}),
});
