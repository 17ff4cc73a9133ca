// The programs of the paper's text on this adapter, on default rungs in every precision or on tuned ones in one: a
// process of its own, which the suite may cut off.
// Usage: tsx steps-process.ts FILE [--tune PRECISION --seconds N] [--reduced] [--adapter NAME]
import { parseArgs } from "node:util";
import { tellPlainly } from "@fledge/bench";
import { listOf, OptionsError, wholeNumber } from "@fledge/bench/command-line";
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
import {
  Gpu,
  planKernel,
  precisions,
  shapeKey,
  whyNotPrecision,
  type Choices,
  type KernelUse,
  type Precision,
} from "@fledge/runtime";
import type { z } from "zod";
import type { stepsFile, StepsRun } from "./results.ts";

tellPlainly();
const { values, positionals } = parseArgs({
  options: {
    tune: { type: "string" },
    seconds: { type: "string", default: "60" },
    reduced: { type: "boolean", default: false },
    adapter: { type: "string" },
  },
  allowPositionals: true,
});
const [file, ...others] = positionals;
if (file === undefined || others.length > 0) throw new OptionsError("name one file for what is found");
const toTune = values.tune === undefined ? undefined : listOf("tune", [values.tune], precisions)[0]!;
const tuneSeconds = wholeNumber("seconds", values.seconds, 1);

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

interface Tuned {
  readonly chosen: readonly Chosen[];
  /** Kernel shapes for which no time was left. */
  readonly untuned: number;
}

/** Measures the programs of a whole run; what is measured is kept at once. */
async function measureRun(gpu: Gpu, precision: Precision, choices: Choices, tuned: Tuned | null): Promise<void> {
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
      count: tuned.chosen.filter((one) => rungOf(one) !== defaultOf(one)).length,
      of: tuned.chosen.length,
    },
    ...(tuned && { untuned: tuned.untuned }),
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

/** Operations that a large GPU does in the time in which it moves a byte. */
const flopsOfByte = 6;

/** The kernel shapes of programs, each once, those first that all their uses together cost most. */
function dearestFirst(gpu: Gpu, uses: readonly KernelUse[]): KernelUse[] {
  const known = new Map<string, { readonly use: KernelUse; cost: number }>();
  for (const use of uses) {
    const key = `${use.kernel.name} ${shapeKey(use.shape)}`;
    const { flops, leastBytes } = planKernel(use.kernel, use.shape, { device: gpu.traits });
    const one = known.get(key) ?? { use, cost: 0 };
    one.cost += leastBytes + flops / flopsOfByte;
    known.set(key, one);
  }
  return [...known.values()].sort((a, b) => b.cost - a.cost).map(({ use }) => use);
}

/** Times the rungs of the kernel shapes of the run's programs, as many as there is time for. */
async function tuneWithin(gpu: Gpu, precision: Precision, seconds: number): Promise<Tuned> {
  const cache = await TuningCache.open(gpu.adapter);
  const started = performance.now();
  let said = started;
  const uses = dearestFirst(gpu, kernelUsesOf(gpu, configIn(precision), classes));
  const chosen: Chosen[] = [];
  for (const [index, use] of uses.entries()) {
    const now = performance.now();
    const timeMissing = now - started < 1000 * seconds;
    chosen.push(...(await chooseKernels(gpu, [use], { cache, timeMissing })));
    if (now - said < 10_000) continue;
    said = now;
    console.log(
      `timed the rungs of ${index} of ${uses.length} kernel shapes in ${((now - started) / 1000).toFixed(0)} s`,
    );
  }
  for (const one of chosen) {
    const { kernel, shape } = one.candidates;
    if (!one.entry) continue;
    const { timesUs, leftOut, untried = 0 } = one.entry;
    const { flops, leastBytes } = planOf(one);
    const [byDefault, fastest] = [defaultOf(one), rungOf(one)];
    found.tuned.push({ precision, kernel, shape, flops, leastBytes, byDefault, fastest, timesUs, leftOut, untried });
  }
  await writeFileWhole(file, JSON.stringify(found));
  return { chosen, untuned: chosen.filter(({ entry }) => !entry).length };
}

const gpu = await Gpu.open({ adapter: values.adapter });
try {
  const able = precisions.filter((precision) => {
    const reason = whyNotPrecision(precision, gpu.traits);
    if (reason !== null) found.refused.push({ precision, reason });
    return reason === null;
  });
  await writeFileWhole(file, JSON.stringify(found));
  if (toTune === undefined) {
    for (const precision of able) await measureRun(gpu, precision, {}, null);
  } else {
    const refusal = found.refused.find(({ precision }) => precision === toTune);
    if (refusal) throw new OptionsError(`--tune ${toTune}: ${refusal.reason}`);
    // What is tuned is to be measured too.
    const tuned = await tuneWithin(gpu, toTune, tuneSeconds - Math.max(15, tuneSeconds / 4));
    await measureRun(gpu, toTune, choicesOf(tuned.chosen.map((one) => kernelRecordOf(one, gpu.traits))), tuned);
  }
} finally {
  await gpu.close();
}
