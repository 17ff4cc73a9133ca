import { compile, int32, normaliseImages, uint8 } from "@fledge/autograd";
import { z } from "zod";
import type { CaseRunner } from "../context.ts";
import { toNchw } from "@fledge/safetensors";

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** ToTensor and Normalize by the input kernel. */
export const runNormalise: CaseRunner = async (golden, { gpu, rungs }) => {
  const statistics = golden.attributesAs(z.object({ mean: triple, std: triple }));
  const [H, W] = golden.shape("image") as [number, number];
  const inputs = { images: uint8(1, H, W, 3), placement: int32(1, 3) };
  const program = await compile(
    gpu,
    inputs,
    ({ images, placement }) => ({ out: normaliseImages(images, placement, { statistics }) }),
    { rungs },
  );
  const { out } = await program.run({ images: golden.uint8("image"), placement: new Int32Array(3) });
  program.release();
  const { data: planes } = toNchw(out as Float32Array, [1, H, W, 3]);
  return new Map([["output", { shape: [3, H, W], data: planes }]]);
};
