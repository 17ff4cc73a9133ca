// Training below f32: what it reaches, what it survives, and that it goes on to the same bits.
import { compile, place } from "@fledge/autograd";
import { ImageCache, type View } from "@fledge/data";
import { random } from "@fledge/random";
import { resnet18 } from "@fledge/resnet";
import type { Precision } from "@fledge/runtime";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import {
  checkpointOf,
  Model,
  optimiserOf,
  prediction,
  renderedImages,
  restoreCheckpoint,
  supervised,
  train,
  trainingStep,
  type Checkpoint,
  type Keeper,
  type MetricRecord,
  type StepRecord,
  type TrainingPlan,
} from "../src/index.ts";
import { noiseImages } from "./noise-images.ts";

const gpu = await openTestGpu();
const [side, classes, size] = [32, 4, 16];
const objective = supervised(renderedImages(side), { labelSmoothing: 0 });

/** Noise with a stripe pattern by class, weaker than the noise. */
function batch(key: number, count = size) {
  const draw = random(3, `stripes ${key}`);
  const labels = Int32Array.from({ length: count }, (_, i) => (i * 7 + key) % classes);
  const images = new Uint8Array(count * side * side * 3);
  for (let i = 0; i < images.length; i++) {
    const [n, y, x] = [Math.floor(i / (side * side * 3)), Math.floor(i / (side * 3)) % side, Math.floor(i / 3) % side];
    const label = labels[n]!;
    const stripe = Math.sin((label % 2 === 0 ? x : y) * (label < 2 ? 0.8 : 1.9));
    images[i] = Math.max(0, Math.min(255, 128 + 40 * stripe + 45 * draw.normal()));
  }
  return { images, imagesPlacement: new Int32Array(count * 3), labels };
}

/** Steps on fresh batches from one seed: losses, rungs, and the accuracy on held-out images. */
async function trained(precision: Precision, steps: number) {
  const model = new Model(gpu, resnet18({ classes, width: 8, seed: 1 }), side);
  const { network } = model;
  const lossScale = precision === "f32" ? null : {};
  const optimiser = optimiserOf(network, { momentum: 0.9, weightDecay: 1e-4, lossScale });
  place(gpu, optimiser.variables);
  const step = await compile(gpu, ...trainingStep(network, objective, optimiser, { precision })(size));
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const { loss } = await step.run({ ...batch(i), learningRate: 0.02 });
    losses.push(loss[0]!);
  }
  const rungs = step.kernels.map(({ plan }) => plan.rung);
  step.release();
  const evaluation = await compile(gpu, ...prediction(network, renderedImages(side), "eval")(64));
  const { correct } = await evaluation.run(batch(-1, 64));
  evaluation.release();
  const evaluationRungs = evaluation.kernels.map(({ plan }) => plan.rung);
  return { losses, rungs, evaluationRungs, accuracy: correct[0]! / 64 };
}

const products = (rungs: readonly string[]): string[] => rungs.filter((rung) => /^(conv2d|linear)-/.test(rung));
/** The stem sees three channels: its two products stay in f32. */
const isStem = (rung: string): boolean => !rung.endsWith("-f16");

it("reaches in f16 what it reaches in f32, with every product but the stem's in f16, and evaluates in f32", async () => {
  const steps = 30;
  const single = await trained("f32", steps);
  const half = await trained("f16", steps);
  expect(products(single.rungs).every(isStem)).toBe(true);
  expect(products(half.rungs).filter(isStem)).toHaveLength(2);
  expect(products(half.evaluationRungs).every(isStem)).toBe(true);
  expect(single.accuracy).toBeGreaterThanOrEqual(0.9);
  expect(half.accuracy).toBeGreaterThanOrEqual(single.accuracy - 0.07);
  const end = (losses: readonly number[]): number => losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10;
  expect(Math.abs(end(half.losses) - end(single.losses))).toBeLessThan(0.1);
  // The first losses are those of the same weights: an operand is off by 2^-11, and some twenty products follow one another.
  expect(Math.abs(half.losses[0]! / single.losses[0]! - 1)).toBeLessThan(2 ** -8);
  expect(half.losses[0]).not.toBe(single.losses[0]);
});

describe("a training in f16", async () => {
  const view: View = { crop: { kind: "center", resize: 32, size: 32 }, flip: true };
  const dataset = await noiseImages("trained on", 10, 2);
  const validation = { dataset: await noiseImages("validated on", 6, 2), view };
  /** A scale far too large, so that the first steps overflow f16, and that soon grows again. */
  const lossScale = { initialScale: 2 ** 17, growthInterval: 2 };
  const plan: TrainingPlan = {
    phases: [
      { name: "only", epochs: 6, dataset, view, objective: supervised(renderedImages(32), { labelSmoothing: 0 }) },
    ],
    batch: { size: 4, atOnce: 2 },
    evaluationBatchSize: 4,
    learningRate: { initial: 0.05, stepSize: 2, gamma: 0.5 },
    momentum: 0.9,
    weightDecay: 1e-4,
    decayNormAndBias: false,
    average: { use: "evaluated", rule: "constant", decay: 0.5 },
    lossScale,
    precision: "f16",
    validation,
    bestFrom: "last phase",
    seed: 5,
    loader: { workers: 0, cache: new ImageCache(2 ** 24) },
  };
  const keepIn = (held: { checkpoint?: Checkpoint; log: readonly MetricRecord[] }, epochs = Infinity): Keeper => ({
    resume: (model, optimiser) =>
      Promise.resolve(
        held.checkpoint
          ? restoreCheckpoint(held.checkpoint, "memory", model, optimiser)
          : { epochsDone: 0, steps: 0, best: null, log: [] },
      ),
    best: () => Promise.resolve(),
    async last(model, optimiser, progress) {
      held.log = progress.log;
      held.checkpoint = await checkpointOf(model, optimiser, progress);
      if (progress.epochsDone === epochs) throw new Error("killed");
    },
  });
  const run = (held: Parameters<typeof keepIn>[0], epochs?: number, step: (record: StepRecord) => void = () => {}) =>
    train(new Model(gpu, resnet18({ classes: 2, width: 4, seed: 4 }), 32), plan, keepIn(held, epochs), {
      training: () => {},
      step,
      epoch: () => {},
    });
  const epochsIn = (log: readonly MetricRecord[]) => log.filter((record) => record.kind === "epoch");

  it("goes on to the same bits, the scale's among them, and its log says the scale and the steps skipped", async () => {
    const [whole, cut] = [{ log: [] }, { log: [] }] as Parameters<typeof keepIn>[0][];
    const seen: StepRecord[] = [];
    await run(whole!, undefined, (record) => seen.push(record));
    await expect(run(cut!, 3)).rejects.toThrow("killed");
    await run(cut!);
    const tensorsOf = ({ checkpoint }: typeof whole & object) =>
      [...checkpoint!.tensors].filter(([name]) => name !== "training.log");
    expect(tensorsOf(cut!)).toEqual(tensorsOf(whole!));
    const scaling = (held: typeof whole & object) =>
      epochsIn(held.log).map(({ lossScale: scale, skippedSteps }) => ({ scale, skippedSteps }));
    expect(scaling(cut!)).toEqual(scaling(whole!));
    // torch.amp.GradScaler's rule, replayed over what each step said.
    let [scale, inARow] = [lossScale.initialScale, 0];
    for (const { lossScale: next, skipped } of seen) {
      inARow = skipped ? 0 : inARow + 1;
      if (skipped) scale *= 0.5;
      else if (inARow % lossScale.growthInterval === 0) scale *= 2;
      expect(next).toBe(scale);
    }
    expect(seen.filter(({ skipped }) => skipped).length).toBeGreaterThan(1);
    expect(scaling(whole!).at(-1)!.scale).toBe(scale);
    const steps = whole!.checkpoint!.tensors.get("optimiser.step_count")!.data[0]!;
    expect(steps).toBe(18 - scaling(whole!).reduce((sum, { skippedSteps }) => sum + skippedSteps!, 0));
    expect(whole!.log.some((record) => record.kind === "step" && record.skipped !== undefined)).toBe(true);
  });
});
