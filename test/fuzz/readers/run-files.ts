import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DataError, validateDataset } from "@fledge/data";
import { folderHolder, thisProcess } from "@fledge/files";
import { presets } from "@fledge/orchestrator/src/config/presets.ts";
import { UsageError } from "@fledge/orchestrator/src/config/resolve.ts";
import { environmentOf } from "@fledge/orchestrator/src/run/environment.ts";
import { readKernels } from "@fledge/orchestrator/src/run/kernels-file.ts";
import { readPins } from "@fledge/orchestrator/src/run/pins.ts";
import { RunDirectory } from "@fledge/orchestrator/src/run/run-directory.ts";
import { TuningCache } from "@fledge/orchestrator/src/tuning/cache.ts";
import { baselineDevice, planKernel, planVersion, type Kernel, type KernelUse } from "@fledge/runtime";
import { topOne } from "@fledge/softmax-cross-entropy";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

const unchecked = { refusals: [UsageError], checked: () => false };
const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
const adapter = { name: "an adapter", vendor: "", architecture: "", driver: "1.2", software: true, subgroupSize: 8 };
const config = presets["demo"]!;
const environment = {
  startedAt: "2026-11-22T10:00:00.000Z",
  command: "fledge reproduce",
  commit: "0123456789abcdef",
  node: "v20.19.0",
  system: "Linux",
  cpu: "a processor",
  cores: 2,
  memoryGiB: 8,
  packages: { sharp: "0.35.0" },
  adapter,
  resumes: [{ startedAt: "", command: "", commit: "", node: "", adapter }],
};
const epoch = {
  kind: "epoch",
  epoch: 0,
  phase: "labelled",
  learningRate: 0.01,
  trainLoss: 1,
  trainAccuracy: 0.5,
  validationLoss: null,
  validationAccuracy: 0.25,
  best: true,
  images: 64,
  seconds: 2,
  imagesPerSecond: 32,
  dataWaitSeconds: 0.5,
};
const step = { kind: "step", epoch: 0, step: 10, loss: 2.5, accuracy: 0.125 };
const results = {
  evaluations: [{ model: "teacher", task: "target", images: 128, accuracies: [0.4, 0.5], mean: 0.45, deviation: 0.05 }],
  bestValidation: { teacher: { accuracy: 0.41, epoch: 3 } },
  pseudoLabelAccuracy: 0.375,
};

const folder = join(scratch, "run");
mkdirSync(join(folder, "teacher"), { recursive: true });
writeFileSync(join(folder, "config.json"), json(config));
const run = await RunDirectory.open(folder);

/** A file of a run's folder: the bytes are put in its place, and then it is read as the commands read it. */
const runFile = (name: string, seed: Buffer, read: () => Promise<unknown>): Reader => ({
  ...unchecked,
  name: name.replace(/^.*\//, ""),
  seeds: [seed],
  origin: run.file(name),
  async read(bytes) {
    writeFileSync(run.file(name), bytes);
    return digest(JSON.stringify(await read()));
  },
});

const print = { sizeBytes: 10, modifiedMs: 1.5, changedMs: 2.5, sha256: "ab".repeat(32) };
const set = { given: "birds", folder: "/data/birds", samples: [{ path: "001.A/a.jpg", class: "001.A", ...print }] };
const pins = {
  labelled: set,
  unlabelled: set,
  weights: { given: "w.pth", file: "/data/w.pth", ...print },
  code: { commit: "0123", sources: "cd" },
  accepted: [{ at: "2026-11-22T10:00:00.000Z", changes: ["1 added"] }],
};

const device = { traits: baselineDevice };
const use: KernelUse = { kernel: topOne as Kernel<unknown>, shape: { N: 2, C: 3 } };
const plan = planKernel(use.kernel, use.shape, { device: baselineDevice });
const kernels = [{ kernel: topOne.name, shape: use.shape, rung: plan.rung, version: planVersion(plan), by: "default" }];

const deadOwner = { ...thisProcess(), boot: "another", token: "a token", since: "2026-11-22T10:00:00.000Z" };

const lines = Buffer.from([step, step, epoch].map((record) => `${JSON.stringify(record)}\n`).join(""));

mkdirSync(join(scratch, "other"));
writeFileSync(join(scratch, "other", "config.json"), "");
const other = join(scratch, "other");

process.env["FLEDGE_CACHE"] = join(scratch, "cache");
const described = {
  ...adapter,
  deviceClass: "software",
  softwareRoad: "lanes",
  subgroupMatrices: [],
  features: [],
  limits: {},
} as const;
const cacheFile = (await TuningCache.open(described)).file;
mkdirSync(join(cacheFile, ".."), { recursive: true });

const noImages = { name: "labelled", root: scratch, classes: [], samples: [] };
const manifestFile = join(scratch, "labelled.manifest.json");

export const runFiles: readonly Reader[] = [
  {
    ...runFile("config.json", json(config), () => Promise.resolve()),
    origin: join(other, "config.json"),
    async read(bytes) {
      writeFileSync(join(other, "config.json"), bytes);
      return digest(JSON.stringify((await RunDirectory.open(other)).config));
    },
  },
  runFile("results.json", json(results), () => run.results()),
  runFile("environment.json", json(environment), () => environmentOf(run)),
  runFile("teacher/metrics.jsonl", lines, () => run.log("teacher")),
  runFile("inputs.json", json(pins), () => readPins(run)),
  runFile("kernels.json", json(kernels), () => readKernels(run, device, [use])),
  {
    ...runFile("run.lock", json(deadOwner), () => Promise.resolve()),
    // A lock that says nothing is some process's: nothing is taken from it.
    async read(bytes) {
      writeFileSync(run.file("run.lock"), bytes);
      const holder = await folderHolder(run.path);
      if (holder !== null) throw new UsageError(holder);
      return digest("");
    },
  },
  {
    ...unchecked,
    name: "tuning-cache",
    seeds: [
      json({
        adapter: "an adapter",
        driver: "1.2",
        kernels: [
          { kernel: "conv2d", shape: { N: 1 }, version: "a1", rung: "01", timesUs: { "01": 2.5 }, leftOut: {} },
        ],
      }),
    ],
    origin: "",
    // A damaged cache is told of and begun anew: nothing of it is taken.
    async read(bytes) {
      writeFileSync(cacheFile, bytes);
      const { damage } = await TuningCache.open(described);
      if (damage !== null) throw new UsageError(damage);
      return digest("");
    },
  },
  {
    ...unchecked,
    name: "image-manifest",
    seeds: [
      json({
        dataset: "labelled",
        root: scratch,
        checked: 2,
        broken: [{ path: "a/1.jpg", reason: "torn" }],
        files: { "a/1.jpg": [10, 1.5] },
      }),
    ],
    refusals: [DataError],
    origin: manifestFile,
    async read(bytes) {
      writeFileSync(manifestFile, bytes);
      return digest(JSON.stringify((await validateDataset(noImages, scratch)).broken));
    },
  },
];
