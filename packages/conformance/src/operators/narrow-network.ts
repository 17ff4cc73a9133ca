import { resnet, stateDict } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { CaseRunner } from "../context.ts";
import { architecture, trainCase } from "./network.ts";

const attributesSchema = z.object({
  ...architecture,
  stem_channels: z.int(),
  planes: z.array(z.int()),
  blocks: z.array(z.int()),
  classes: z.int(),
  label_smoothing: z.number(),
  optimiser: z.object({ learning_rate: z.number(), momentum: z.number(), weight_decay: z.number(), steps: z.int() }),
});

/** A narrow ResNet: first step, all gradients, some SGD steps, the state after them, logits in eval mode. */
export const runNarrowNetwork: CaseRunner = async (golden, context) => {
  const {
    stem_channels: stemChannels,
    planes,
    blocks,
    classes,
    label_smoothing: labelSmoothing,
    optimiser,
  } = golden.attributesAs(attributesSchema);
  const network = resnet({ block: "bottleneck", stemChannels, planes, blocks, classes });
  const before = "state_before/";
  const state = new Map(
    [...golden.tensors]
      .filter(([name]) => name.startsWith(before))
      .map(([name, tensor]) => [name.slice(before.length), tensor]),
  );
  const { learning_rate: learningRate, momentum, weight_decay: weightDecay, steps } = optimiser;
  const computed = new Map<string, StoredTensor>();
  const trained = await trainCase(
    golden,
    context,
    { network, state, labelSmoothing, optimiser: { learningRate, momentum, weightDecay, steps } },
    async () => {
      for (const [name, tensor] of await stateDict(context.gpu, network)) computed.set(`state_after/${name}`, tensor);
    },
  );
  computed.set("logits", trained.logits);
  computed.set("eval_logits", trained.evalLogits);
  computed.set("loss", { shape: [], data: Float32Array.of(trained.losses[0]!) });
  computed.set("losses", { shape: [steps], data: Float32Array.from(trained.losses) });
  for (const [name, gradient] of trained.gradients) computed.set(`grad/${before}${name}`, gradient);
  return computed;
};
