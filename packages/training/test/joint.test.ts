import { compile, place, readVariables, Sgd, type Tensor } from "@fledge/autograd";
import { ImageCache, type View } from "@fledge/data";
import type { Mode, Network } from "@fledge/resnet";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { trainEpoch } from "../src/epoch.ts";
import {
  CompiledBySize,
  evaluate,
  fixMatch,
  joint,
  labelImages,
  labelsOf,
  storedLabels,
  trainingStep,
} from "../src/index.ts";
import type { LabelRule } from "../src/index.ts";
import type { JointOptions } from "../src/joint-objectives.ts";
import type { Objective } from "../src/objectives.ts";
import { cycled, stepBatches } from "../src/step-batches.ts";
import { narrowModel } from "./networks.ts";
import { noiseImages } from "./noise-images.ts";

const gpu = await openTestGpu();
const side = 32;
const classes = 3;
const view: View = { crop: { kind: "center", resize: 36, size: side }, flip: true };
const clean: View = { crop: { kind: "center", resize: 32, size: side }, flip: false };
const labelled = await noiseImages("labelled", 7, classes);
const unlabelled = await noiseImages("unlabelled", 11, classes);
const loader = { workers: 0, cache: new ImageCache(2 ** 24) };

const plain: JointOptions = {
  labelSmoothing: 0,
  pseudoSmoothing: 0,
  ratio: 1,
  reduction: "mean_all",
  unlabelledPerLabelled: 2,
  batchNorm: "shared",
};
const hard: LabelRule = { targets: "hard", temperature: 1, threshold: null };

const teacher = narrowModel(gpu, side, classes, 1);
// In train mode, because an untrained network in eval mode gives every image one class.
const source = (rule: LabelRule) => labelsOf({ network: teacher.network, mode: "train", view: clean }, rule);
const phaseOf = (objective: Objective) => ({
  name: "joint",
  epochs: 1,
  dataset: labelled,
  view,
  objective,
  beside: { dataset: unlabelled, view },
});

/** An epoch of a student in the smallest network: what was logged, and the student after it. */
async function epochOf(objective: Objective, settings: { atOnce?: number; batchSize?: number; workers?: number } = {}) {
  const { atOnce = 64, batchSize = 2, workers = 0 } = settings;
  const { network } = narrowModel(gpu, side, classes, 2);
  const optimiser = new Sgd(network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const steps = new CompiledBySize(gpu, trainingStep(network, objective, optimiser), { atOnce });
  const losses: number[] = [];
  const trained = await trainEpoch(steps, phaseOf(objective), {
    ...loader,
    epoch: 0,
    learningRate: 0.05,
    seed: 3,
    batchSize,
    workers,
    onStep: ({ loss }) => losses.push(loss),
  });
  await steps.release();
  const { seconds: _s, dataWaitSeconds: _w, ...numbers } = trained;
  return { ...numbers, losses, variables: await readVariables(gpu, network.variables) };
}

describe("an epoch of two data sets", () => {
  const batchesIn = async (perImage: number, batchSize: number, epoch = 0) => {
    const objective = joint(source(hard), side, { ...plain, unlabelledPerLabelled: perImage });
    const epochBatches = await stepBatches(phaseOf(objective), { ...loader, epoch, seed: 3, batchSize });
    const all = [];
    for await (const batch of epochBatches.batches()) all.push(batch);
    await epochBatches.close();
    return all;
  };

  it("is one pass over the unlabelled images, and the last step has fewer of both in proportion", async () => {
    const batches = await batchesIn(2, 2);
    expect(batches.map(({ size, images }) => [size, images])).toEqual([
      [2, 6],
      [2, 6],
      [1, 3],
    ]);
    for (const { size, inputs, ownLabels } of batches) {
      const bytes = side * side * 3;
      expect((inputs["images"] as Uint8Array).length).toBe(size * bytes);
      expect((inputs["unlabelledImages"] as Uint8Array).length).toBe(2 * size * bytes);
      expect((inputs["teacherImages"] as Uint8Array).length).toBe(2 * size * bytes);
      expect(ownLabels).toHaveLength(2 * size);
    }
    expect((await batchesIn(1, 4)).map(({ size, images }) => [size, images])).toEqual([
      [4, 8],
      [4, 8],
      [3, 6],
    ]);
    // A batch beside which no image is left is none.
    expect((await batchesIn(5, 2)).map(({ size, images }) => [size, images])).toEqual([[2, 12]]);
  });

  it("shows the labelled images in another order and the unlabelled ones in another epoch otherwise", async () => {
    const [first, again, next] = [await batchesIn(1, 4), await batchesIn(1, 4), await batchesIn(1, 4, 1)];
    expect(again).toEqual(first);
    expect(next.map(({ inputs }) => inputs)).not.toEqual(first.map(({ inputs }) => inputs));
  });

  it("gives each labelled image as many turns as any other, and one more to those of the last pass", () => {
    const { samples } = cycled(labelled, 17, 3, 0);
    const turns = labelled.samples.map((sample) => samples.filter((other) => other === sample).length);
    expect(turns.toSorted((a, b) => a - b)).toEqual([2, 2, 2, 2, 3, 3, 3]);
    const extra = (epoch: number) => cycled(labelled, 17, 3, epoch).samples.slice(14);
    expect(extra(1)).not.toEqual(extra(0));
    expect(cycled(labelled, 3, 3, 0).samples).toHaveLength(3);
  });

  it("wants images enough for one step", async () => {
    await expect(batchesIn(12, 2)).rejects.toThrow("has 11 images, fewer than the 12 that go with one labelled image");
  });

  it("the number of loader threads changes no bit", async () => {
    const objective = joint(source(hard), side, plain);
    const [none, two] = [await epochOf(objective), await epochOf(objective, { workers: 2 })];
    expect(two).toEqual(none);
  });
});

describe("joint", () => {
  /** A step on the first batch of an epoch: all that it says, and the network after it. */
  async function stepOf(objective: Objective, { atOnce = 64, mode = "train" as Mode } = {}) {
    const { network } = narrowModel(gpu, side, classes, 2);
    const inMode: Network = Object.assign((images: Tensor) => network(images, { mode }), {
      architecture: network.architecture,
      noised: network.noised,
      parameters: network.parameters,
      variables: network.variables,
    });
    const optimiser = new Sgd(network.parameters);
    place(gpu, optimiser.variables);
    const step = await compile(gpu, ...trainingStep(inMode, objective, optimiser)(4), { atOnce });
    const epochBatches = await stepBatches(phaseOf(objective), { ...loader, epoch: 0, seed: 3, batchSize: 4 });
    let said: Record<string, ArrayLike<number>> = {};
    for await (const { inputs } of epochBatches.batches()) {
      said = await step.run({ ...inputs, learningRate: 0.1 });
      break;
    }
    await epochBatches.close();
    return { said, after: await readVariables(gpu, network.variables) };
  }
  const losses = ({ said }: Awaited<ReturnType<typeof stepOf>>) =>
    ["loss", "labelledLoss", "unlabelledLoss"].map((name) => said[name]![0]!) as [number, number, number];

  it("is the mean over labelled images and ratio times the mean over unlabelled ones", async () => {
    const [loss, first, second] = losses(await stepOf(joint(source(hard), side, plain)));
    expect(loss).toBeCloseTo(first + second, 5);
    const weighed = await stepOf(joint(source(hard), side, { ...plain, ratio: 3 }));
    expect(losses(weighed)).toEqual([expect.closeTo(first + 3 * second, 5), first, second]);
  });

  it("batchNorm: shared statistics are the whole batch's and move once, separate ones each half's", async () => {
    const shared = await stepOf(joint(source(hard), side, plain));
    const separate = await stepOf(joint(source(hard), side, { ...plain, batchNorm: "separate" }));
    expect(losses(separate)[1]).not.toBe(losses(shared)[1]);
    const statistic = "bn1.running_mean";
    expect(separate.after.get(statistic)).not.toEqual(shared.after.get(statistic));
  });

  it("soft targets, their temperature and the threshold each change the unlabelled loss, and nothing of the labelled one", async () => {
    const of = async (rule: Partial<LabelRule>, options: Partial<JointOptions> = {}) =>
      stepOf(joint(source({ ...hard, ...rule }), side, { ...plain, ...options }));
    const [, labelledLoss, plainLoss] = losses(await of({}));
    const seen = new Set([plainLoss]);
    for (const run of [
      await of({ targets: "soft" }),
      await of({ targets: "soft", temperature: 0.3 }),
      await of({}, { pseudoSmoothing: 0.2 }),
      await of({ threshold: 0.47 }),
      await of({ threshold: 0.47 }, { reduction: "mean_kept" }),
      await of({ threshold: 0.47, temperature: 3 }),
    ]) {
      expect(losses(run)[1]).toBe(labelledLoss);
      seen.add(losses(run)[2]);
    }
    expect(seen.size).toBe(7);
    // Soft ones are taken as they are.
    const smoothed = await of({ targets: "soft" }, { pseudoSmoothing: 0.2 });
    expect(losses(smoothed)).toEqual(losses(await of({ targets: "soft" })));
    const { said } = await of({ threshold: [0, 2, 2] });
    expect([...(said["kept"] as Float32Array)]).toEqual(
      Array.from(said["pseudoLabels"]!, (label) => Number(label === 0)),
    );
  });

  it("labels that were stored teach what the teacher says right before", async () => {
    const frozen = { network: teacher.network, mode: "eval" as const, view: clean };
    for (const rule of [
      { ...hard, threshold: 0.34 },
      { ...hard, targets: "soft", temperature: 0.5, threshold: [0, 0.4, 1] },
    ] as const) {
      const options = { ...loader, dataset: unlabelled, view: clean, seed: 3, repeat: 0, batchSize: 4 };
      const labels = await labelImages(teacher, { ...options, temperature: rule.temperature, soft: true });
      const before = joint(labelsOf(frozen, rule), side, plain);
      const stored = joint(storedLabels(classes, rule), side, plain);
      const optimiser = (network: ReturnType<typeof narrowModel>["network"]) => {
        const sgd = new Sgd(network.parameters);
        place(gpu, sgd.variables);
        return sgd;
      };
      const run = async (objective: Objective, phase: object) => {
        const { network } = narrowModel(gpu, side, classes, 2);
        const steps = new CompiledBySize(gpu, trainingStep(network, objective, optimiser(network)), {});
        const all = { ...loader, epoch: 0, learningRate: 0.05, seed: 3, batchSize: 2, onStep: () => {} };
        const trained = await trainEpoch(steps, { ...phaseOf(objective), ...phase }, all);
        await steps.release();
        return [trained.pseudoLabelAccuracy, trained.keptShare, await readVariables(gpu, network.variables)] as const;
      };
      const [accuracy, kept, variables] = await run(stored, { stored: { rule, of: () => Promise.resolve(labels) } });
      const expected = await run(before, {});
      expect([accuracy, kept]).toEqual(expected.slice(0, 2));
      for (const [name, values] of variables) {
        const other = expected[2].get(name)!;
        values.forEach((value, i) => expect(value).toBeCloseTo(other[i]!, 4));
      }
    }
  });

  it("in parts takes the whole batch's step, where BatchNorm does not tell the parts apart", async () => {
    for (const batchNorm of ["shared", "separate"] as const) {
      const rule: LabelRule = { targets: "soft", temperature: 2, threshold: 0.5 };
      const objective = joint(source(rule), side, { ...plain, ratio: 0.5, batchNorm });
      const teachers = joint(labelsOf({ network: teacher.network, mode: "eval", view: clean }, rule), side, {
        ...plain,
        ratio: 0.5,
        batchNorm,
      });
      const whole = await stepOf(teachers, { mode: "eval" });
      const parts = await stepOf(teachers, { mode: "eval", atOnce: 6 });
      for (const name of ["correct", "labels", "pseudoLabels", "kept"])
        expect(parts.said[name], name).toEqual(whole.said[name]);
      losses(whole).forEach((loss, i) => expect(losses(parts)[i]).toBeCloseTo(loss, 5));
      for (const [name, values] of parts.after) {
        const expected = whole.after.get(name)!;
        values.forEach((value, i) => expect(value, name).toBeCloseTo(expected[i]!, 4));
      }
      // In train mode the parts have statistics of their own.
      expect(losses(await stepOf(objective, { atOnce: 6 }))[0]).toBeGreaterThan(0);
    }
    const kept = joint(source({ ...hard, threshold: 0.4 }), side, { ...plain, reduction: "mean_kept" });
    await expect(stepOf(kept, { atOnce: 6 })).rejects.toThrow("mean_kept");
  });
});

it("labels images as a network's prediction does, and a class's probabilities at a temperature add up to 1", async () => {
  const options = { ...loader, dataset: unlabelled, view: clean, seed: 3, repeat: 0, batchSize: 4 };
  const labels = await labelImages(teacher, { ...options, mode: "train", temperature: 2, soft: true });
  const { classes: said } = await evaluate(teacher, { ...options, mode: "train" });
  expect(labels.classes).toEqual(said);
  labels.classes.forEach((label, row) => {
    const shares = [...labels.probabilities!.subarray(row * classes, (row + 1) * classes)];
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
    expect(labels.confidences[row]).toBe(shares[label]);
    expect(labels.confidences[row]).toBe(Math.max(...shares));
  });
  const cold = await labelImages(teacher, { ...options, mode: "train", temperature: 0.5, soft: false });
  expect(cold.probabilities).toBeNull();
  cold.confidences.forEach((sure, row) => expect(sure).toBeGreaterThan(labels.confidences[row]!));
});

describe("fixMatch", () => {
  const fixed = {
    labelSmoothing: 0,
    threshold: 0.5,
    temperature: 1,
    ratio: 1,
    unlabelledPerLabelled: 2,
    batchNorm: "shared",
    weakView: clean,
  } as const;
  const epochWith = (change: Partial<Parameters<typeof fixMatch>[1]> = {}) =>
    epochOf(fixMatch(side, { ...fixed, ...change }), { batchSize: 5 });

  it("teaches the strong view what the model says of the weak one, where it is sure enough", async () => {
    const { keptShare, losses, variables } = await epochWith();
    expect(losses).toHaveLength(1);
    expect(keptShare).toBeGreaterThan(0);
    expect(keptShare).toBeLessThan(1);
    const sure = await epochWith({ threshold: 1.1 });
    expect(sure.keptShare).toBe(0);
    expect(sure.variables).not.toEqual(variables);
    // What is not sure enough does not count: its weight is of no matter then.
    expect((await epochWith({ threshold: 1.1, ratio: 7 })).losses).toEqual(sure.losses);
    for (const change of [{ ratio: 2 }, { temperature: 5 }, { batchNorm: "separate" as const }, { weakView: view }])
      expect((await epochWith(change)).losses, JSON.stringify(change)).not.toEqual(losses);
  });
});
