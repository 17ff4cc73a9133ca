import { batchOf, compile, float32, int32, mixImages, mixTargets, type Tensor } from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { permute } from "@fledge/safetensors";
import { cutMix, mixInputs, mixUp } from "@fledge/training";
import { z } from "zod";
import type { CaseRunner } from "../context.ts";

type Mix = ReturnType<typeof mixUp>;

const nhwc = [0, 2, 3, 1];
const nchw = [0, 3, 1, 2];

/** Images, normalised already, and labels of a batch through the kernels and the permutation that training mixes with. */
const runMix =
  (mixOf: (golden: GoldenCase, permutation: Int32Array) => Mix): CaseRunner =>
  async (golden, { gpu, rungs }) => {
    const { classes } = golden.attributesAs(z.object({ classes: z.int() }));
    const { shape, data } = permute(golden.float32("images"), golden.shape("images"), nhwc);
    const [N, ...image] = shape as [number, number, number, number];
    const mix = mixOf(golden, golden.int32("permutation"));
    const inputs = {
      images: batchOf(N, float32(...image)),
      others: batchOf(N, float32(...image)),
      labels: batchOf(N, int32()),
      otherLabels: batchOf(N, int32()),
      mixShare: float32(),
      mixBox: int32(4),
      mixWeight: float32(),
    };
    const body = (given: Record<keyof typeof inputs, Tensor>) => ({
      output: mixImages(given.images, given.others, given.mixShare, given.mixBox),
      target: mixTargets(given.labels, given.otherLabels, given.mixWeight, classes),
    });
    const program = await compile(gpu, inputs, body, { rungs });
    try {
      const labels = golden.int32("labels");
      const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const mixed = mixInputs({ images: bytes, flips: new Uint32Array(N), labels }, mix);
      const others = new Float32Array((mixed["otherImages"] as Uint8Array).buffer as ArrayBuffer);
      const scalars = {
        otherLabels: mixed["otherLabels"]!,
        mixShare: mixed["mixShare"]!,
        mixBox: mixed["mixBox"]!,
        mixWeight: mixed["mixWeight"]!,
      };
      const { output, target } = await program.run({ images: data, others, labels, ...scalars });
      return new Map([
        ["output", permute(output as Float32Array, shape, nchw)],
        ["target", { shape: [N, classes], data: target as Float32Array<ArrayBuffer> }],
        ["weight", { shape: [], data: Float32Array.of(mix.weight) }],
      ]);
    } finally {
      program.release();
    }
  };

export const runMixUp = runMix((golden, permutation) =>
  mixUp(permutation, golden.attributesAs(z.object({ lambda: z.number() })).lambda),
);

export const runCutMix = runMix((golden, permutation) => {
  const { box } = golden.attributesAs(z.object({ box: z.tuple([z.int(), z.int(), z.int(), z.int()]) }));
  const [, , height, width] = golden.shape("images") as [number, number, number, number];
  return cutMix(permutation, box, height, width);
});
