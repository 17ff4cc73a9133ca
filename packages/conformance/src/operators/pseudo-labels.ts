import {
  compile,
  confidence,
  float32,
  grad,
  int32,
  place,
  release,
  softmax,
  topOne,
  Variable,
  type Tensor,
} from "@fledge/autograd";
import type { GoldenCase } from "@fledge/golden-cases";
import { filterBalance, fixMatchLoss, jointLoss, topKPerClass } from "@fledge/training";
import { z } from "zod";
import type { CaseRunner, ConformanceContext } from "../context.ts";

const hasInput = (golden: GoldenCase, name: string): boolean => golden.inputs.includes(name);

/** Logits as variables, so that a loss can be differentiated by them. */
const logitsOf = (golden: GoldenCase, names: readonly string[]): Variable[] =>
  names.map((name) => {
    const data = Float32Array.from(golden.float32(name));
    return new Variable(name, float32(...golden.shape(name)), "parameter", () => data);
  });

/** Runs a loss of logits: what it gives by name, and the gradients that the case lists times the case's upstream, if any. */
async function runLoss(
  golden: GoldenCase,
  { gpu, rungs }: ConformanceContext,
  logitsNames: readonly string[],
  body: (logits: readonly Variable[], given: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
) {
  const logits = logitsOf(golden, logitsNames);
  const differentiated = logits.filter(({ name }) => Object.hasOwn(golden.gradients, name));
  const others = golden.inputs.filter((name) => !logitsNames.includes(name));
  const isInteger = (name: string): boolean => golden.tensor(name).data instanceof Int32Array;
  const specs = others.map((name) => [name, (isInteger(name) ? int32 : float32)(...golden.shape(name))] as const);
  const values = others.map((name) => {
    return [name, isInteger(name) ? golden.int32(name) : Float32Array.from(golden.float32(name))] as const;
  });
  const upstream = golden.tensors.has("grad_output") ? golden.float32("grad_output")[0]! : 1;
  const shapes: Record<string, readonly number[]> = {};
  place(gpu, logits);
  try {
    const program = await compile(
      gpu,
      { ...Object.fromEntries(specs), upstream: float32() },
      (given) => {
        const said = body(logits, given);
        for (const [name, { shape }] of Object.entries(said)) shapes[name] = shape;
        const gradients = differentiated.length > 0 ? grad(said["loss"]!, differentiated, given["upstream"]) : [];
        const named = differentiated.map(({ name, shape }, i) => {
          shapes[golden.gradients[name]!] = shape;
          return [golden.gradients[name]!, gradients[i]!] as const;
        });
        return { ...said, ...Object.fromEntries(named) };
      },
      { rungs },
    );
    const results = await program.run({ ...Object.fromEntries(values), upstream });
    program.release();
    return new Map(Object.entries(results).map(([name, data]) => [name, { shape: shapes[name]!, data }]));
  } finally {
    release(gpu, logits);
  }
}

const asIntegers = (data: ArrayLike<number>) => Int32Array.from(data);

/** Labelled and pseudo-labelled logits: the two mean losses and their weighted sum. */
export const runJointLoss: CaseRunner = (golden, context) => {
  const { label_smoothing, pseudo_smoothing, ratio, reduction } = golden.attributesAs(
    z.object({
      label_smoothing: z.number(),
      pseudo_smoothing: z.number(),
      ratio: z.number(),
      reduction: z.enum(["mean_all", "mean_kept"]),
    }),
  );
  const options = { labelSmoothing: label_smoothing, pseudoSmoothing: pseudo_smoothing, ratio, reduction };
  const target = hasInput(golden, "pseudo_targets") ? "pseudo_targets" : "pseudo_labels";
  return runLoss(golden, context, ["labelled_logits", "unlabelled_logits"], ([labelled, unlabelled], given) => {
    const { loss, labelledLoss, unlabelledLoss } = jointLoss(
      { logits: labelled!, target: given["labels"]! },
      { logits: unlabelled!, target: given[target]!, weights: given["weights"] },
      options,
    );
    return { loss, labelled_loss: labelledLoss, unlabelled_loss: unlabelledLoss };
  });
};

/** The loss of the strong view, which images count, and what they are taught. */
export const runFixMatchLoss: CaseRunner = async (golden, context) => {
  const rule = golden.attributesAs(z.object({ threshold: z.number(), temperature: z.number() }));
  const computed = await runLoss(golden, context, ["weak_logits", "strong_logits"], ([weak, strong]) => {
    const { loss, labels, kept } = fixMatchLoss(weak!, strong!, rule);
    return { loss, mask: kept, pseudo_labels: labels };
  });
  const mask = computed.get("mask")!;
  return new Map([...computed, ["mask", { shape: mask.shape, data: asIntegers(mask.data) }]]);
};

/** A teacher's probabilities at a temperature, sharpened ones, its classes, and of which it is sure enough. */
export const runSoftLabels: CaseRunner = async (golden, context) => {
  const { temperature, sharpen, threshold } = golden.attributesAs(
    z.object({ temperature: z.number(), sharpen: z.number(), threshold: z.number() }),
  );
  const computed = await runLoss(golden, context, ["logits"], ([logits]) => {
    const probabilities = softmax(logits!, temperature);
    const labels = topOne(logits!).classes;
    const { confidences, kept } = confidence(probabilities, labels, threshold);
    // p^(1/S) over its sum is the softmax at S times the temperature.
    return {
      probabilities,
      sharpened: softmax(logits!, temperature * sharpen),
      labels,
      confidence: confidences,
      mask: kept,
    };
  });
  const mask = computed.get("mask")!;
  return new Map([...computed, ["mask", { shape: mask.shape, data: asIntegers(mask.data) }]]);
};

const rows = (data: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>) => ({ shape: [data.length], data });

export const runFilterBalance: CaseRunner = async (golden) => {
  const { classes, images_per_class, minimum, upsample } = golden.attributesAs(
    z.object({ classes: z.int(), images_per_class: z.int(), minimum: z.number(), upsample: z.boolean() }),
  );
  const chosen = filterBalance(golden.int32("predictions"), golden.float32("confidences"), {
    classes,
    imagesPerClass: images_per_class,
    minimum,
    upsample,
  });
  const { threshold, count, indices, copies, labels } = chosen;
  return new Map(
    Object.entries({ threshold: threshold!, count, indices, copies, labels }).map(([name, data]) => [name, rows(data)]),
  );
};

export const runTopKPerClass: CaseRunner = async (golden) => {
  const { classes, classes_per_image, images_per_class } = golden.attributesAs(
    z.object({ classes: z.int(), classes_per_image: z.int(), images_per_class: z.int() }),
  );
  const { indices, labels, count } = topKPerClass(golden.float32("scores"), {
    classes,
    classesPerImage: classes_per_image,
    imagesPerClass: images_per_class,
  });
  return new Map(Object.entries({ indices, labels, count }).map(([name, data]) => [name, rows(data)]));
};
