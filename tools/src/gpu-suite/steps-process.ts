// The programs of the paper's text on this adapter, in every precision, on default and on tuned rungs: a process of its
// own, which the suite may cut off. Usage: tsx steps-process.ts FILE [--reduced] [--adapter NAME]
import { parseArgs } from "node:util";
import { writeFileWhole } from "@fledge/files";
import type { Dataset } from "@fledge/data";
import { measureProgram } from "@fledge/orchestrator/src/cost/measure.ts";
import { flopsIn, runCost, stepsIn } from "@fledge/orchestrator/src/cost/run-cost.ts";
import { programsToMeasure, secondsIn } from "@fledge/orchestrator/src/cost/time.ts";
import { presets } from "@fledge/orchestrator/src/config/presets.ts";
import type { Config } from "@fledge/orchestrator/src/config/schema.ts";
import { choicesOf, kernelRecordOf } from "@fledge/orchestrator/src/run/kernels-file.ts";
import type { PaperData } from "@fledge/orchestrator/src/stages/paper-data.ts";
import { kernelUsesOf } from "@fledge/orchestrator/src/stages/programs.ts";
import { TuningCache } from "@fledge/orchestrator/src/tuning/cache.ts";
import { chooseKernels, defaultOf, planOf, rungOf, type Chosen } from "@fledge/orchestrator/src/tuning/choose.ts";
import { Gpu, precisions, shapeKey, whyNotPrecision, type Choices, type Precision } from "@fledge/runtime";
import type { z } from "zod";
import type { stepsFile, StepsRun } from "./results.ts";

const { values, positionals } = parseArgs({
  options: {
    reduced: { type: "boolean", default: false },
    adapter: { type: "string" },
  },
  allowPositionals: true,
});
const file = positionals[0]!;

const classes = 200;

/** As many images as CUB-200 (2010) and CUB-200-2011 have: what a run costs follows from their counts alone. */
const counts = { labelled: 6033, unlabelled: 11_788 };

function imagesNobodyReads(name: string, count: number): Dataset {
  const names = Array.from({ length: classes }, (_, index) => `class ${index}`);
  const samples = Array.from({ length: count }, (_, index) => {
    return { path: `${index}.jpg`, label: index % classes, id: String(index) };
  });
  return { name, root: "nowhere", classes: names, samples };
}

const data: PaperData = {
  labelled: imagesNobodyReads("CUB-200 (2010)", counts.labelled),
  unlabelled: imagesNobodyReads("CUB-200-2011", counts.unlabelled),
};

const paper = presets["paper-text"]!;
const ofPaper: Config = values.reduced
  ? {
      ...paper,
      data: { ...paper.data, imageSize: 32 },
      network: { ...paper.network, depth: 18, width: 8 },
      training: { ...paper.training, batchSize: 4 },
    }
  : paper;

const network = `ResNet-${ofPaper.network.depth}, width ${ofPaper.network.width}, ${ofPaper.data.imageSize} pixels`;

const configIn = (precision: Precision): Config => ({ ...ofPaper, training: { ...ofPaper.training, precision } });

const found: z.infer<typeof stepsFile> = { runs: [], refused: [], tuned: [] };

/** Measures the programs of a whole run; what is measured is kept at once. */
async function measureRun(
  gpu: Gpu,
  precision: Precision,
  choices: Choices,
  tuned: readonly Chosen[] | null,
): Promise<void> {
  const config = configIn(precision);
  const cost = runCost({ gpu, config, data, choices });
  const programs: StepsRun["programs"] = [];
  const run: StepsRun = {
    precision,
    tuned: tuned !== null,
    network,
    programs,
    memoryBytes: cost.memory.bytes,
    otherRungs: tuned && {
      count: tuned.filter((one) => rungOf(one) !== defaultOf(one)).length,
      of: tuned.length,
    },
    wholeRun: null,
  };
  const index = found.runs.push(run) - 1;
  const measured = new Map<string, Awaited<ReturnType<typeof measureProgram>>>();
  for (const program of programsToMeasure(cost.left)) {
    const one = await measureProgram(gpu, config, program, { classes, choices });
    measured.set(program.id, one);
    const { seconds, runs, compileSeconds, flops } = one;
    programs.push({ kind: program.use.kind, batch: program.size, flops, seconds, runs, compileSeconds });
    const rate = (flops / seconds / 1e9).toFixed(0);
    console.log(
      `${precision}, ${tuned ? "tuned" : "default rungs"}: ${program.use.kind} of ${program.size} images: ` +
        `${(1000 * seconds).toFixed(1)} ms, ${rate} GFLOPS`,
    );
    await writeFileWhole(file, JSON.stringify(found));
  }
  const wholeRun = { steps: stepsIn(cost.left), flops: flopsIn(cost.left), seconds: secondsIn(cost.left, measured) };
  found.runs[index] = { ...run, wholeRun };
  await writeFileWhole(file, JSON.stringify(found));
}

/** Times the rungs of every kernel shape of the run's programs; what another precision has timed too is told once. */
async function tuneAll(gpu: Gpu, precision: Precision): Promise<Chosen[]> {
  const cache = await TuningCache.open(gpu.adapter);
  const started = performance.now();
  let said = started;
  const chosen = await chooseKernels(gpu, kernelUsesOf(gpu, configIn(precision), classes), {
    cache,
    timeMissing: true,
    onProgress: (timed, of) => {
      if (timed < of && performance.now() - said < 10_000) return;
      said = performance.now();
      console.log(`timed the rungs of ${timed} of ${of} kernel shapes in ${((said - started) / 1000).toFixed(0)} s`);
    },
  });
  const known = new Set(found.tuned.map(({ kernel, shape }) => `${kernel} ${shapeKey(shape)}`));
  for (const one of chosen) {
    const { kernel, shape } = one.candidates;
    if (!one.entry || known.has(`${kernel} ${shapeKey(shape)}`)) continue;
    const { timesUs, leftOut, untried = 0 } = one.entry;
    const { flops, leastBytes } = planOf(one);
    const [byDefault, fastest] = [defaultOf(one), rungOf(one)];
    found.tuned.push({ precision, kernel, shape, flops, leastBytes, byDefault, fastest, timesUs, leftOut, untried });
  }
  await writeFileWhole(file, JSON.stringify(found));
  return chosen;
}

const gpu = await Gpu.open({ adapter: values.adapter });
try {
  const able = precisions.filter((precision) => {
    const reason = whyNotPrecision(precision, gpu.traits);
    if (reason !== null) found.refused.push({ precision, reason });
    return reason === null;
  });
  await writeFileWhole(file, JSON.stringify(found));
  // Tuning takes longest, so it is what a limit on the time cuts off.
  for (const precision of able) await measureRun(gpu, precision, {}, null);
  for (const precision of able) {
    const chosen = await tuneAll(gpu, precision);
    await measureRun(gpu, precision, choicesOf(chosen.map((one) => kernelRecordOf(one, gpu.traits))), chosen);
  }
} finally {
  await gpu.close();
}
