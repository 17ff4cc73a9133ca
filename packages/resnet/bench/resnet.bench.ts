import { compile, float32, place } from "@fledge/autograd";
import { benchFunctions } from "@fledge/bench";
import { random } from "@fledge/random";
import { Gpu } from "@fledge/runtime";
import { resnet50 } from "../src/index.ts";

const [N, side] = [8, 64];
const gpu = await Gpu.open();
try {
  const network = resnet50({ classes: 200 });
  place(gpu, network.variables);
  const forward = await compile(gpu, { images: float32(N, side, side, 3) }, ({ images }) => ({
    logits: network(images, { mode: "eval" }),
  }));
  const draw = random(1, "bench images");
  const images = Float32Array.from({ length: N * side * side * 3 }, () => draw.normal());
  await benchFunctions({
    title: `ResNet-50, forward in eval mode, ${side} px, batch ${N}`,
    tasks: { forward: async () => void (await forward.run({ images })) },
    work: { count: N, unit: "images" },
  });
  const { flops, dispatches, arenaBytes } = forward.explain();
  console.log(
    `\n${dispatches} dispatches, ${(flops / 1e9).toFixed(1)} GFLOP and an arena of ${(arenaBytes / 2 ** 20).toFixed(0)} MiB on ${gpu.adapter.name}`,
  );
} finally {
  await gpu.close();
}
