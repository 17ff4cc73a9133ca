import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLadders } from "@fledge/bench";
import { DataError, validateDataset } from "@fledge/data";
import { presets } from "@fledge/orchestrator/src/config/presets.ts";
import { UsageError } from "@fledge/orchestrator/src/config/resolve.ts";
import { environmentOf } from "@fledge/orchestrator/src/run/environment.ts";
import { RunDirectory } from "@fledge/orchestrator/src/run/run-directory.ts";
import { TuningCache } from "@fledge/orchestrator/src/tuning/cache.ts";
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

const lines = Buffer.from([step, step, epoch].map((record) => `${JSON.stringify(record)}\n`).join(""));

mkdirSync(join(scratch, "other"));
writeFileSync(join(scratch, "other", "config.json"), "");
const other = join(scratch, "other");

const timing = { median: 1, p10: 0.5, p90: 2, samples: 5 };
const measured = { outcome: "timed", rung: "01-naive", timeUs: timing, rateGflops: 1, rateGbps: 2 };
const ladder = {
  adapter,
  environment: { node: "v20", cpu: "a processor", cores: 2, commit: null },
  mode: "quick",
  date: "2026-11-22",
  cases: [
    {
      name: "small",
      shape: { N: 2 },
      flops: 10,
      leastBytes: 20,
      selected: "01-naive",
      referenceUs: timing,
      ceilings: { fma: measured, copy: measured },
      rungs: [
        { ...measured, flopPerByte: null, worstError: 0.5 },
        { outcome: "failed", rung: "02-tiled", reason: "its error" },
      ],
    },
  ],
};
const ladderFile = join(scratch, "results.json");

process.env["FLEDGE_CACHE"] = join(scratch, "cache");
const described = { ...adapter, deviceClass: "software", subgroupMatrices: [], features: [], limits: {} } as const;
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
    name: "bench-results",
    seeds: [json({ conv2d: ladder, functions: { results: {} } })],
    refusals: [Error],
    origin: ladderFile,
    read(bytes) {
      writeFileSync(ladderFile, bytes);
      return digest(JSON.stringify(readLadders(ladderFile)));
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
