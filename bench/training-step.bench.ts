// The demo preset's training steps on this machine, alone and fed by the real loader.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { compile, place, Sgd } from "@fledge/autograd";
import { benchFunctions, benchPrograms, spreadOf } from "@fledge/bench";
import { ImageCache, readDataset, type Dataset } from "@fledge/data";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { temporaryFolder } from "@fledge/files";
import { presets } from "@fledge/orchestrator/src/config/presets.ts";
import { newModel } from "@fledge/orchestrator/src/stages/models.ts";
import { objectivesOf } from "@fledge/orchestrator/src/stages/objectives.ts";
import { trainView } from "@fledge/orchestrator/src/stages/views.ts";
import { Gpu } from "@fledge/runtime";
import {
  CompiledBySize,
  trainEpoch,
  trainingStep,
  type Model,
  type Objective,
  type Phase,
  type TrainedEpoch,
} from "@fledge/training";

const config = presets["demo"]!;
const { batchSize, learningRate, momentum } = config.training;
const { imageSize } = config.data;
/** Enough for four batches, and little to draw. */
const birds = { speciesCount: 4, imagesPerSpecies2010: batchSize, imagesPerSpecies2011: 2, overlapShare: 0 };
/** As many as the demo's data set has, so that the head is as wide. */
const classes = 16;

const network = `ResNet-${config.network.depth}, width ${config.network.width}, ${imageSize} pixels, batch ${batchSize}`;

/** The two kinds of phases of the demo's student, an epoch each. */
function phasesFor(dataset: Dataset, teacher: Model): Readonly<Record<"labelled" | "pseudo-labelled", Phase>> {
  const { labelled, byTeacher } = objectivesOf(config);
  const phase = (name: string, objective: Objective): Phase => {
    return { name, epochs: 1, dataset, view: trainView(config), objective };
  };
  return {
    labelled: phase("labelled", labelled),
    "pseudo-labelled": phase("pseudo-labelled", byTeacher(teacher.network)),
  };
}

/** Both kinds of step on one batch of noise. */
async function benchSteps(phases: ReturnType<typeof phasesFor>, { gpu, network: trained }: Model, optimiser: Sgd) {
  const images = Uint8Array.from({ length: batchSize * imageSize ** 2 * 3 }, (_, i) => (i * 2654435761) >>> 13);
  const placement = new Int32Array(batchSize * 3);
  const labels = Int32Array.from({ length: batchSize }, (_, row) => row % classes);
  const inputs = {
    images,
    imagesPlacement: placement,
    teacherImages: images,
    teacherImagesPlacement: placement,
    labels,
    learningRate,
  };
  const compiled = Object.entries(phases).map(async ([name, { objective }]) => {
    const program = await compile(gpu, ...trainingStep(trained, objective, optimiser)(batchSize));
    return [`${name} step`, { run: () => program.run(inputs), plan: program.explain() }] as const;
  });
  await benchPrograms({
    title: `Training steps of the demo preset: ${network}`,
    programs: Object.fromEntries(await Promise.all(compiled)),
    work: { count: batchSize, unit: "images" },
  });
}

/** Both kinds of epoch as training runs them: what the loader costs beside the steps. */
async function benchEpochs(phases: ReturnType<typeof phasesFor>, { gpu, network: trained }: Model, optimiser: Sgd) {
  const { workers, cacheMiB } = config.loader;
  const epochs: Record<string, TrainedEpoch[]> = {};
  const tasks = Object.fromEntries(
    Object.entries(phases).map(([name, phase]) => {
      const steps = new CompiledBySize(gpu, trainingStep(trained, phase.objective, optimiser), {});
      const cache = new ImageCache(cacheMiB * 2 ** 20);
      const done: TrainedEpoch[] = (epochs[`${name} epoch`] = []);
      const options = { learningRate, seed: config.seed, batchSize, workers, cache, onStep: () => {} };
      return [
        `${name} epoch`,
        async () => void done.push(await trainEpoch(steps, phase, { ...options, epoch: done.length })),
      ];
    }),
  );
  const count = phases.labelled.dataset.samples.length;
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
        `${spreadOf(later.map(waitMs)).median.toFixed(1)} ms in later ones`,
    );
  }
}

const folder = temporaryFolder("fledge-bench");
const gpu = await Gpu.open();
try {
  console.log(`\n${gpu.adapter.name}${gpu.adapter.software ? " (software)" : ""}, ${gpu.adapter.driver}`);
  await makeDemoDataset(join(folder, "birds"), birds);
  const [model, teacher] = [newModel(gpu, config, classes), newModel(gpu, config, classes)];
  const optimiser = new Sgd(model.network.parameters, { momentum });
  place(gpu, optimiser.variables);
  const phases = phasesFor(readDataset(join(folder, "birds", "CUB_200_2010")), teacher);
  await benchSteps(phases, model, optimiser);
  await benchEpochs(phases, model, optimiser);
} finally {
  await gpu.close();
  await rm(folder, { recursive: true, force: true });
}
