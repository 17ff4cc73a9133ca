// Run as a program of its own: prints the size of a subgroup and the elements that the subgroup rungs get wrong.
import { Gpu } from "@fledge/runtime";
import { runKernel } from "@fledge/testing";
import type { LinearShape } from "../src/index.ts";
import { forward, gradInput, gradWeight } from "./problems.ts";

const shapes: readonly LinearShape[] = [
  { N: 33, IN: 68, OUT: 140 },
  { N: 5, IN: 260, OUT: 8 },
  { N: 70, IN: 8, OUT: 132 },
];
const gpu = await Gpu.open();
const misses: Record<string, string[]> = {};
for (const problem of [forward, gradInput, gradWeight]) {
  const { kernel } = problem;
  const rung = `${kernel.name}/03-lane-broadcast`;
  misses[rung] = [];
  for (const shape of shapes) {
    let draws = 0;
    const given: Readonly<Record<string, Float32Array<ArrayBuffer>>> = problem.inputs(shape, () =>
      Math.sin(12.9898 * ++draws),
    );
    const expected: Readonly<Record<string, Float64Array>> = problem.reference(shape, given);
    const bounds: Readonly<Record<string, Float64Array>> = problem.tolerance(shape, given);
    const outputs = await runKernel(gpu, kernel, shape, given, { rung });
    for (const [name, values] of Object.entries(outputs)) {
      values.forEach((value, i) => {
        if (!(Math.abs(value - expected[name][i]) <= bounds[name][i]))
          misses[rung].push(`${JSON.stringify(shape)}: ${name}[${i}] is ${value}`);
      });
    }
  }
}
console.log(JSON.stringify({ subgroupSize: gpu.traits.subgroupSize, misses }));
await gpu.close();
