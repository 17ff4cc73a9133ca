import { benchFunctions } from "@fledge/bench";
import { Gpu } from "@fledge/runtime";
import { compile, place, type Tensor } from "../src/index.ts";
import { OwnedMemory } from "../src/owned-memory.ts";
import { plan } from "../src/plan.ts";
import { locate } from "../src/variables.ts";
import { differentiated, simplified } from "../src/record.ts";
import { chain } from "./network.ts";

const gpu = await Gpu.open();
const { variables, source } = chain(16);
place(gpu, variables);

const tracedAndDifferentiated = () => differentiated(source, {});
const recorded = () => simplified(tracedAndDifferentiated(), {});
const planned = () => {
  const { graph, inputs, results } = recorded();
  const memory = new OwnedMemory(gpu);
  const held = [...Object.values<Tensor>(results), ...Object.values<Tensor>(inputs)];
  plan(gpu, memory, graph, held, { rungs: {}, choices: {} }, (variable) => locate(gpu, variable));
  memory.release();
};

try {
  await benchFunctions({
    title: "compile a training step of 16 bottleneck blocks",
    tasks: {
      "trace, fuse, differentiate": tracedAndDifferentiated,
      "+ prune, fuse again": recorded,
      "+ plan": planned,
      "+ pipelines, all cached": async () => (await compile(gpu, ...source)).release(),
    },
  });
} finally {
  await gpu.close();
}
