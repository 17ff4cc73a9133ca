import { Gpu } from "@fledge/runtime";
import { runKernel } from "@fledge/testing";
import { batchnormStatistics } from "../src/index.ts";
import { statisticsReference } from "../src/reference.ts";
import { statisticsInputs } from "./inputs.ts";
import { statisticsTolerance } from "./tolerance.ts";

// Run by subgroup-sizes.test.ts, once for each width of the driver's vectors, which a process cannot change for itself.
// Prints the adapter's subgroup size and, of each output, the channels outside their tolerance.
const shape = { N: 3, H: 120, W: 101, C: 12, momentum: 0.1 };
let seed = 0;
const inputs = statisticsInputs(shape, () => Math.sin(++seed));
const expected = statisticsReference(shape, inputs);
const tolerance = statisticsTolerance(shape, inputs, expected);

const gpu = await Gpu.open();
const rung = "batchnorm-statistics/08-subgroup-shuffle";
const outputs = await runKernel(gpu, batchnormStatistics, shape, inputs, { rung });
const misses = Object.fromEntries(
  Object.entries(outputs).map(([name, values]) => {
    const bounds = tolerance[name as keyof typeof tolerance];
    const wrong = (value: number, c: number): boolean => !(Math.abs(value - expected[name]![c]!) <= bounds[c]!);
    return [name, [...values.keys()].filter((c) => wrong(values[c]!, c))];
  }),
);
console.log(JSON.stringify({ subgroupSize: gpu.adapter.subgroupSize, misses }));
await gpu.close();
