import { compile, place, Sgd } from "@fledge/autograd";
import { benchPrograms } from "@fledge/bench";
import { random } from "@fledge/random";
import { resnet50, type Network } from "@fledge/resnet";
import { Gpu } from "@fledge/runtime";
import { renderedImages, supervised, trainingStep } from "../src/index.ts";

/** Times a network's training step on `N` square images of `side` pixels, from bytes to updated weights. */
async function benchTrainingStep(gpu: Gpu, name: string, network: Network, N: number, side: number): Promise<void> {
  const sgd = new Sgd(network.parameters, { momentum: 0.9 });
  place(gpu, [...network.variables, ...sgd.variables]);
  const objective = supervised(renderedImages(side), { labelSmoothing: 0 });
  const step = await compile(gpu, ...trainingStep(network, objective, sgd)(N));
  const draw = random(1, "bench images");
  const batch = {
    images: Uint8Array.from({ length: N * side * side * 3 }, () => draw.integer(0, 256)),
    imagesPlacement: new Int32Array(N * 3),
    labels: new Int32Array(N),
    learningRate: 1e-4,
  };
  await benchPrograms({
    title: `${name}, ${side} px, batch ${N}`,
    programs: { "training step": { run: () => step.run(batch), plan: step.explain() } },
    work: { count: N, unit: "images" },
  });
  step.release();
}

const gpu = await Gpu.open();
try {
  console.log(`\n${gpu.adapter.name}, ${gpu.adapter.driver}`);
  await benchTrainingStep(gpu, "ResNet-50 at a quarter of the width", resnet50({ classes: 12, width: 16 }), 32, 64);
  await benchTrainingStep(gpu, "ResNet-50", resnet50({ classes: 200 }), 8, 64);
} finally {
  await gpu.close();
}
