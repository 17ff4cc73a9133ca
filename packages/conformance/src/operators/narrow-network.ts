import type { GoldenCase } from "@fledge/golden-cases";
import { resnet, stateDict } from "@fledge/resnet";
import type { StoredTensor } from "@fledge/safetensors";
import { z } from "zod";
import type { CaseRunner } from "../context.ts";
import { architecture, trainCase, type TrainingCase } from "./network.ts";

const before = "state_before/";

const attributesSchema = z.object({
  ...architecture,
  stem_channels: z.int(),
  planes: z.array(z.int()),
  blocks: z.array(z.int()),
  classes: z.int(),
  label_smoothing: z.number(),
  optimiser: z.object({ learning_rate: z.number(), momentum: z.number(), weight_decay: z.number(), steps: z.int() }),
});

/** A narrow ResNet from given weights, and some SGD steps. */
export function narrowCase(golden: GoldenCase): TrainingCase {
  const {
    stem_channels: stemChannels,
    planes,
    blocks,
    classes,
    label_smoothing: labelSmoothing,
    optimiser,
  } = golden.attributesAs(attributesSchema);
  const network = resnet({ block: "bottleneck", stemChannels, planes, blocks, classes });
  const state = new Map(
    [...golden.tensors]
      .filter(([name]) => name.startsWith(before))
      .map(([name, tensor]) => [name.slice(before.length), tensor]),
  );
  const { learning_rate: learningRate, momentum, weight_decay: weightDecay, steps } = optimiser;
  return { network, state, labelSmoothing, optimiser: { learningRate, momentum, weightDecay, steps } };
}

/** First step, all gradients, the steps, the state after them, logits in eval mode. */
export const runNarrowNetwork: CaseRunner = async (golden, context) => {
  const given = narrowCase(golden);
  const computed = new Map<string, StoredTensor>();
  const trained = await trainCase(golden, context, given, async () => {
    for (const [name, tensor] of await stateDict(context.gpu, given.network))
      computed.set(`state_after/${name}`, tensor);
  });
  computed.set("logits", trained.logits);
  computed.set("eval_logits", trained.evalLogits);
  computed.set("loss", { shape: [], data: Float32Array.of(trained.losses[0]!) });
  computed.set("losses", { shape: [given.optimiser.steps], data: Float32Array.from(trained.losses) });
  for (const [name, gradient] of trained.gradients) computed.set(`grad/${before}${name}`, gradient);
  return computed;
};
