import { place, release } from "@fledge/autograd";
import { loadStateDict } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { CompiledBySize, imageInputs, prediction, renderedImages } from "@fledge/training";
import { networkOfSize } from "../stages/models.ts";
import type { OpenedModel } from "./open-model.ts";

/** What a model says of images, on a device. */
export interface Classifier {
  /** @param images u8 [n,side,side,3], RGB; resolves to f32 [n,classes] */
  readonly logits: (images: Uint8Array, count: number) => Promise<Float32Array>;
  readonly release: () => Promise<void>;
}

/** Puts a model's weights on a device. @param side of the images, in pixels @throws StateDictError */
export function onDevice(gpu: Gpu, { tensors, size, file }: OpenedModel, side: number): Classifier {
  const network = networkOfSize(size);
  place(gpu, network.variables);
  loadStateDict(gpu, network, tensors, file);
  const program = prediction(network, renderedImages(side), "eval", ({ logits }) => ({ logits }));
  const programs = new CompiledBySize(gpu, program, {});
  return {
    async logits(images, count) {
      const labels = new Int32Array(count); // Nothing is compared with them.
      const result = await (
        await programs.of(count)
      ).run({ labels, ...imageInputs("images", { images, flips: new Uint32Array(count) }) });
      return result.logits as Float32Array;
    },
    async release() {
      await programs.release();
      release(gpu, network.variables);
    },
  };
}
