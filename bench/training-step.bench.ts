// The demo preset's training steps on this machine, alone and fed by the real loader.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { place, Sgd } from "@fledge/autograd";
import { benchFunctions } from "@fledge/bench";
import { ImageCache, readDataset, type Dataset } from "@fledge/data";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { presets } from "@fledge/orchestrator/src/config/presets.ts";
import { Model } from "@fledge/orchestrator/src/training/model.ts";
import { labelled, pseudoLabelled, type Phase, type Labeller } from "@fledge/orchestrator/src/training/phases.ts";
import { StepPrograms } from "@fledge/orchestrator/src/training/step-programs.ts";
import { trainEpoch, type TrainedEpoch } from "@fledge/orchestrator/src/training/train-epoch.ts";
import { cleanView, trainView } from "@fledge/orchestrator/src/training/views.ts";
import { Gpu } from "@fledge/runtime";

const config = presets["demo"]!;
const { batchSize, learningRate, labelSmoothing, momentum } = config.training;
const { imageSize } = config.data;
/** Enough for four batches, and little to draw. */
const birds = { speciesCount: 4, imagesPerSpecies2010: batchSize, imagesPerSpecies2011: 2, overlapShare: 0 };
/** As many as the demo's data set has, so that the head is as wide. */
const classes = 16;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const network = `ResNet-${config.network.depth}, width ${config.network.width}, ${imageSize} pixels, batch ${batchSize}`;

/** The teacher as the demo has it: frozen, on clean views. */
const labellerOf = (model: Model): Labeller => ({ model, mode: "eval", view: cleanView(config) });

/** Both kinds of step on one batch of noise: how long a step takes until its results are there, and how long it keeps the host. */
async function benchSteps(programs: StepPrograms, teacher: Model): Promise<void> {
  const images = Uint8Array.from({ length: batchSize * imageSize ** 2 * 3 }, (_, i) => (i * 2654435761) >>> 13);
  const placement = new Int32Array(batchSize * 3);
  const labels = Int32Array.from({ length: batchSize }, (_, row) => row % classes);
  const [plain, pseudo] = [
    await programs.labelled(batchSize),
    await programs.pseudoLabelled(batchSize, labellerOf(teacher)),
  ];
  const steps = {
    "labelled step": { program: plain, run: () => plain.run({ images, placement, labels, learningRate }) },
    "pseudo-labelled step": {
      program: pseudo,
      run: () => pseudo.run({ images, placement, teacherImages: images, teacherPlacement: placement, learningRate }),
    },
  };
  const times = Object.fromEntries(
    Object.keys(steps).map((name) => [name, { stepMs: [] as number[], hostMs: [] as number[] }]),
  );
  const tasks = Object.fromEntries(
    Object.entries(steps).map(([name, { run }]) => [
      name,
      async () => {
        const start = performance.now();
        const results = run();
        times[name]!.hostMs.push(performance.now() - start);
        await results;
        times[name]!.stepMs.push(performance.now() - start);
      },
    ]),
  );
  await benchFunctions({
    title: `Training steps of the demo preset: ${network}`,
    tasks,
    work: { count: batchSize, unit: "images" },
  });
  for (const [name, { program }] of Object.entries(steps)) {
    const { dispatches, flops, arenaBytes } = program.explain();
    const { stepMs, hostMs } = times[name]!;
    const rateGflops = flops / median(stepMs) / 1e6;
    console.log(
      `${name}: ${dispatches} dispatches, ${(flops / 1e9).toFixed(2)} GFLOP, ${rateGflops.toFixed(1)} GFLOPS; ` +
        `the host is free after ${median(hostMs).toFixed(1)} ms; arena ${(arenaBytes / 2 ** 20).toFixed(0)} MiB`,
    );
  }
}

/** Both kinds of epoch as training runs them: what the loader costs beside the steps. */
async function benchEpochs(programs: StepPrograms, dataset: Dataset, teacher: Model): Promise<void> {
  const { workers, cacheMiB } = config.loader;
  const phases: Record<string, Phase> = {
    "labelled epoch": labelled(dataset, trainView(config), 1),
    "pseudo-labelled epoch": pseudoLabelled(dataset, trainView(config), 1, labellerOf(teacher)),
  };
  const epochs: Record<string, TrainedEpoch[]> = {};
  const tasks = Object.fromEntries(
    Object.entries(phases).map(([name, phase]) => {
      const cache = new ImageCache(cacheMiB * 2 ** 20);
      const done: TrainedEpoch[] = (epochs[name] = []);
      const options = { learningRate, seed: config.seed, batchSize, workers, cache, onStep: () => {} };
      return [name, async () => void done.push(await trainEpoch(programs, phase, { ...options, epoch: done.length }))];
    }),
  );
  const count = dataset.samples.length;
  await benchFunctions({
    title: `Epochs of ${count} images with the loader, ${workers} worker(s)`,
    tasks,
    work: { count, unit: "images" },
  });
  const steps = Math.ceil(count / batchSize);
  for (const [name, [first, ...later]] of Object.entries(epochs)) {
    const waitMs = (epoch: TrainedEpoch): number => (1000 * epoch.dataWaitSeconds) / steps;
    console.log(
      `${name}: a step waits ${waitMs(first!).toFixed(1)} ms for its data in the first epoch, which decodes them, ` +
        `${median(later.map(waitMs)).toFixed(1)} ms in later ones`,
    );
  }
}

const folder = await mkdtemp(join(tmpdir(), "fledge-bench-"));
const gpu = await Gpu.open();
try {
  console.log(`\n${gpu.adapter.name}${gpu.adapter.software ? " (software)" : ""}, ${gpu.adapter.driver}`);
  await makeDemoDataset(join(folder, "birds"), birds);
  const [model, teacher] = [Model.create(gpu, config, classes), Model.create(gpu, config, classes)];
  const optimiser = new Sgd(model.network.parameters, { momentum });
  place(gpu, optimiser.variables);
  const programs = new StepPrograms(model, optimiser, { labelSmoothing, microBatchSize: null });
  await benchSteps(programs, teacher);
  await benchEpochs(programs, readDataset(join(folder, "birds", "CUB_200_2010")), teacher);
} finally {
  await gpu.close();
  await rm(folder, { recursive: true, force: true });
}
