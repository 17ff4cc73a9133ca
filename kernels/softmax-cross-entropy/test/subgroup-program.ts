// Run as a program of its own: prints the size of a subgroup and the elements that the subgroup rungs get wrong.
import { Gpu, type Kernel } from "@fledge/runtime";
import { runKernel } from "@fledge/testing";
import {
  softmaxCrossEntropyBackward,
  softmaxCrossEntropyForward,
  softmaxCrossEntropyWithGradient,
  type SoftmaxCrossEntropyShape,
} from "../src/index.ts";
import { gradientReference, lossReference } from "../src/reference.ts";
import { gradientInputs } from "./inputs.ts";
import { gradientTolerance, lossTolerance } from "./tolerance.ts";

const gpu = await Gpu.open();
const rungs: Readonly<Record<string, Kernel<SoftmaxCrossEntropyShape>>> = {
  "softmax-cross-entropy-forward/04-subgroup": softmaxCrossEntropyForward,
  "softmax-cross-entropy-backward/04-subgroup": softmaxCrossEntropyBackward,
  "softmax-cross-entropy-with-gradient/03-subgroup": softmaxCrossEntropyWithGradient,
};
const misses: Record<string, string[]> = Object.fromEntries(Object.keys(rungs).map((rung) => [rung, []]));
for (const target of ["hard", "soft"] as const) {
  for (const [N, C] of [
    [37, 33],
    [5, 3],
    [16, 200],
  ] as const) {
    const shape: SoftmaxCrossEntropyShape = { N, C, target, labelSmoothing: 0.1 };
    let draws = 0;
    const inputs = gradientInputs(shape, () => Math.sin(12.9898 * ++draws));
    const expected = { ...lossReference(shape, inputs), ...gradientReference(shape, inputs) };
    const { loss } = lossTolerance(shape, inputs);
    const { dLogits } = gradientTolerance(shape, inputs);
    for (const [rung, kernel] of Object.entries(rungs)) {
      const outputs = await runKernel(gpu, kernel, shape, inputs, { rung });
      for (const [name, values] of Object.entries(outputs)) {
        values.forEach((value, i) => {
          const bound = name === "loss" ? loss : dLogits[i];
          if (!(Math.abs(value - expected[name][i]) <= bound))
            misses[rung].push(`${N}x${C} ${target}: ${name}[${i}] is ${value}`);
        });
      }
    }
  }
}
console.log(JSON.stringify({ subgroupSize: gpu.traits.subgroupSize, misses }));
await gpu.close();
