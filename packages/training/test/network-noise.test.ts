import {
  batchNorm,
  compile,
  conv2d,
  dropout,
  dropPath,
  globalAveragePool,
  keepMask,
  linear,
  place,
  readVariables,
  Sgd,
  Variable,
  type Tensor,
} from "@fledge/autograd";
import { ImageCache, type View } from "@fledge/data";
import { random } from "@fledge/random";
import { resnet18, type Network, type NetworkPass } from "@fledge/resnet";
import { elementCount } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  labelsOf,
  checkpointOf,
  Model,
  prediction,
  pseudoLabelled,
  renderedImages,
  restoreCheckpoint,
  supervised,
  train,
  trainingStep,
  type Checkpoint,
  type TrainingPlan,
} from "../src/index.ts";
import { noiseKeys } from "../src/network-noise.ts";
import { noiseImages } from "./noise-images.ts";

const gpu = await openTestGpu();
const imageSize = 32;
const size = 6;
const noise = { dropout: 0.4, stochasticDepth: { rate: 0.6, rule: "one_based" } } as const;
const noisedModel = (seed: number, noised = true): Model =>
  new Model(gpu, resnet18({ classes: 3, width: 4, seed, ...(noised ? noise : {}) }), imageSize);

const indices = Int32Array.of(5, 3, 8, 0, 1, 2);
const draw = random(3, "pictures");
const batch = {
  images: Uint8Array.from({ length: size * imageSize ** 2 * 3 }, () => draw.integer(0, 256)),
  imagesPlacement: new Int32Array(size * 3),
  labels: Int32Array.from({ length: size }, (_, row) => row % 3),
  learningRate: 0.1,
};

describe("noise keys", () => {
  it("belong to seed, epoch, data set and image, wherever it stands", () => {
    const { imagesNoiseKeys: keys } = noiseKeys(1, 2, indices) as { imagesNoiseKeys: Uint32Array };
    expect(new Set(keys).size).toBe(size);
    for (const [row, index] of indices.entries())
      expect(noiseKeys(1, 2, Int32Array.of(index))["imagesNoiseKeys"]![0]).toBe(keys[row]);
    for (const other of [noiseKeys(2, 2, indices), noiseKeys(1, 3, indices)])
      expect(other["imagesNoiseKeys"]).not.toEqual(keys);
    expect(noiseKeys(1, 2, indices, "otherImages")["otherImagesNoiseKeys"]).not.toEqual(keys);
  });
});

describe("objectives", () => {
  const images = renderedImages(imageSize);

  async function step(kind: "labelled" | "pseudo-labelled", noised: boolean, keys = noiseKeys(1, 2, indices)) {
    const { network } = noisedModel(4, noised);
    const teacher = noisedModel(9);
    const optimiser = new Sgd(network.parameters);
    place(gpu, optimiser.variables);
    const objective =
      kind === "labelled"
        ? supervised(images, { labelSmoothing: 0 })
        : pseudoLabelled(labelsOf({ network: teacher.network, mode: "train" }), imageSize, { labelSmoothing: 0 });
    const [specs, body] = trainingStep(network, objective, optimiser, { also: ({ logits }) => ({ logits }) })(size);
    const program = await compile(gpu, specs, body);
    const kernels = program.explain().kernels.map(({ kernel }) => kernel);
    const { loss, logits, labels } = await program.run({ ...batch, ...keys });
    const taught = (await (await teacher.predict(size, "train")).run(batch)).classes;
    return { specs, kernels, loss, logits, labels, taught };
  }

  it.each(["labelled", "pseudo-labelled"] as const)("%s: the learning network is noised by its keys", async (kind) => {
    const [noised, again, plain] = [await step(kind, true), await step(kind, true), await step(kind, false)];
    expect(Object.keys(noised.specs)).toContain("imagesNoiseKeys");
    expect(again.logits).toEqual(noised.logits);
    expect(noised.logits).not.toEqual(plain.logits);
    expect((await step(kind, true, noiseKeys(1, 3, indices))).logits).not.toEqual(noised.logits);
  });

  it("ask for no keys where the network has no noise", async () => {
    const { specs, kernels } = await step("labelled", false);
    expect(Object.keys(specs)).toEqual(["images", "imagesPlacement", "labels", "learningRate"]);
    expect(kernels.filter((kernel) => /drop|mask/.test(kernel))).toEqual([]);
  });

  it("leave a teacher without noise, although its network has some and is in train mode", async () => {
    const { labels, taught, kernels } = await step("pseudo-labelled", true);
    expect(labels).toEqual(taught);
    // The student's 5 blocks whose skip is the identity, and no others.
    expect(kernels.filter((kernel) => kernel === "drop-path-forward")).toHaveLength(5);
    expect(kernels.filter((kernel) => kernel === "dropout-drawn")).toHaveLength(2);
  });

  it("predict without noise in either mode", async () => {
    for (const mode of ["eval", "train"] as const) {
      const said = async (noised: boolean) => {
        const { network } = noisedModel(4, noised);
        const program = await compile(gpu, ...prediction(network, images, mode, ({ logits }) => ({ logits }))(size));
        return (await program.run(batch)).logits;
      };
      expect(await said(true)).toEqual(await said(false));
    }
  });
});

/** A network of one block with frozen statistics, so that images have nothing to do with one another. */
function smallNetwork(): Network {
  const [C, classes, dropRate] = [6, 3, 0.5];
  const made: Variable[] = [];
  const variable = (name: string, shape: number[], role: Variable["role"] = "parameter", base = 0): Variable => {
    const normal = random(6, name);
    const values = Float32Array.from(
      { length: elementCount({ shape, dtype: "f32" }) },
      () => base + 0.3 * normal.normal(),
    );
    made.push(new Variable(name, { shape, dtype: "f32" }, role, () => values));
    return made.at(-1)!;
  };
  const [stem, conv] = [variable("stem", [3, 3, 3, C]), variable("conv", [3, 3, C, C])];
  const norm = {
    weight: variable("weight", [C], "parameter", 1),
    bias: variable("bias", [C]),
    runningMean: variable("running_mean", [C], "statistic"),
    runningVariance: variable("running_var", [C], "statistic", 1.5),
  };
  const [weight, bias] = [variable("fc.weight", [C, classes]), variable("fc.bias", [classes])];
  const forward = (images: Tensor, { mode, noiseKeys: keys }: NetworkPass): Tensor => {
    const x = conv2d(images, stem, { stride: 4, padding: 1 });
    const branch = batchNorm(conv2d(x, conv, { padding: 1 }), norm, { mode: "eval" });
    const keep = keepMask(keys!, { rate: dropRate, layer: 1 });
    const block = dropPath(x, branch, keep, { survival: 1 - dropRate, mode, relu: true });
    const mask = keepMask(keys!, { rate: dropRate, layer: 0, elements: C });
    return linear(dropout(globalAveragePool(block), mask, { rate: dropRate, mode }), weight, bias);
  };
  const parameters = made.filter(({ role }) => role === "parameter");
  const { architecture } = resnet18({ classes, width: 1 });
  return Object.assign(forward, { architecture, noised: true, parameters, variables: made });
}

it("a batch in parts has the whole batch's noise: the same logits, and the same step", async () => {
  const twoSteps = async (atOnce: number) => {
    const network = smallNetwork();
    place(gpu, network.variables);
    const optimiser = new Sgd(network.parameters, { momentum: 0.9 });
    place(gpu, optimiser.variables);
    const objective = supervised(renderedImages(imageSize), { labelSmoothing: 0 });
    const step = trainingStep(network, objective, optimiser, { also: ({ logits }) => ({ logits }) })(size);
    const program = await compile(gpu, ...step, { atOnce });
    const logits = [];
    for (const epoch of [0, 1]) logits.push((await program.run({ ...batch, ...noiseKeys(1, epoch, indices) })).logits);
    return { logits, parameters: await readVariables(gpu, network.parameters) };
  };
  const far = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
  const whole = await twoSteps(size);
  expect(far(whole.logits[0]!, whole.logits[1]!)).toBeGreaterThan(0.01);
  for (const atOnce of [4, 1]) {
    const parts = await twoSteps(atOnce);
    expect(parts.logits[0]).toEqual(whole.logits[0]);
    // The gradients are sums in another order.
    expect(far(parts.logits[1]!, whole.logits[1]!)).toBeLessThan(1e-5);
    for (const [name, values] of whole.parameters)
      expect(far(parts.parameters.get(name)!, values), name).toBeLessThan(1e-5);
  }
});

describe("a training with noise", async () => {
  const view: View = { crop: { kind: "center", resize: 32, size: 32 }, flip: true };
  const dataset = await noiseImages("noised", 10, 3);
  const phase = {
    name: "labelled",
    epochs: 3,
    dataset,
    view,
    objective: supervised(renderedImages(32), { labelSmoothing: 0 }),
  };
  const planWith = (workers: number): TrainingPlan => ({
    phases: [phase],
    batch: { size: 4, atOnce: 4 },
    evaluationBatchSize: 4,
    learningRate: { initial: 0.05, stepSize: 5, gamma: 1 },
    momentum: 0.9,
    weightDecay: 0,
    validation: { dataset, view },
    bestFrom: "every phase",
    seed: 5,
    loader: { workers, cache: new ImageCache(2 ** 24) },
  });
  const silent = { training: () => {}, step: () => {}, epoch: () => {} };

  /** Trains to the end, stopped for good after each of `killed` epochs and taken up again, and gives the last weights. */
  async function trained(noised: boolean, workers = 0, killed: readonly number[] = []) {
    let held: Checkpoint | undefined;
    for (const until of [...killed, Infinity]) {
      const training = train(
        noisedModel(4, noised),
        planWith(workers),
        {
          resume: (model, optimiser) =>
            Promise.resolve(
              held
                ? restoreCheckpoint(held, "memory", model, optimiser)
                : { epochsDone: 0, steps: 0, best: null, log: [] },
            ),
          best: () => Promise.resolve(),
          async last(model, optimiser, progress) {
            held = await checkpointOf(model, optimiser, progress);
            if (progress.epochsDone === until) throw new Error("killed");
          },
        },
        silent,
      );
      const ended = await training.then(
        () => "done",
        (error: Error) => error.message,
      );
      expect(ended).toBe(until === Infinity ? "done" : "killed");
    }
    return [...held!.tensors].filter(([name]) => name !== "training.log");
  }

  it("is the same bits from other workers, and killed and resumed; without noise it is another", async () => {
    const whole = await trained(true);
    expect(await trained(true, 2)).toEqual(whole);
    expect(await trained(true, 0, [1, 2])).toEqual(whole);
    expect(await trained(false)).not.toEqual(whole);
  });
});
