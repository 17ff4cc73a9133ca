import { existsSync } from "node:fs";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors } from "@fledge/safetensors";
import { beforeAll, describe, expect, it } from "vitest";
import type { CostFile } from "../src/run/cost-file.ts";
import type { Environment } from "../src/run/environment.ts";
import { tablesMarkdown, tablesOf } from "../src/report/tables.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { torchFile } from "./torch-file.ts";
import { epochsOf, metricsOf, outcomeOf, resultsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const whole = join(folder, "whole");
const models = ["teacher", "student", "noisy-student"] as const;
const settings = [...small, "--epochs", "3,2,2", "--set", "training.stepSize=2", "--set", "training.gamma=0.5"];
const read = (...path: string[]): Promise<string> => readFile(join(whole, ...path), "utf8");

let birds: string[];
let outcome: Outcome;

beforeAll(async () => {
  birds = await drawBirds(join(folder, "birds"));
  outcome = await run("reproduce", ...birds, ...settings, "--run", whole, "--tensorboard");
});

describe("reproduce leaves", () => {
  it("everything that the run directory promises", () => {
    expect(outcome.output).toContain("the report is ");
    expect(outcome.code).toBe(0);
    const files = [
      "config.json",
      "environment.json",
      "pseudo-labels.csv",
      "results.json",
      "data/labelled.manifest.json",
      "data/unlabelled.manifest.json",
      ...models.flatMap((model) =>
        ["metrics.jsonl", "best.safetensors", "last.safetensors"].map((file) => `${model}/${file}`),
      ),
      ...["index.html", "tables.md", "tables.json", "figure-2.png", "figure-3.svg"].map((file) => `report/${file}`),
    ];
    expect(files.filter((file) => !existsSync(join(whole, file)))).toEqual([]);
  });

  it("the resolved configuration and the environment", async () => {
    const config = JSON.parse(await read("config.json")) as Record<string, unknown>;
    expect(config).toMatchObject({
      preset: "demo",
      data: { labelled: birds[1], unlabelled: birds[3], imageSize: 32 },
      network: { depth: 18, width: 4 },
      epochs: { teacher: 3, pseudoLabelled: 2, labelled: 2 },
      training: { batchSize: 8, learningRate: 0.02, stepSize: 2, gamma: 0.5 },
      evaluation: { repeats: 2 },
    });
    const environment = JSON.parse(await read("environment.json")) as Record<string, unknown>;
    expect(environment).toMatchObject({
      node: process.version,
      adapter: { name: expect.stringMatching(/./) as string, driver: expect.any(String) as string },
    });
    expect(environment["commit"]).toMatch(/^([0-9a-f]{40}(\+changes)?|unknown)$/);
    expect(environment["packages"]).toMatchObject({
      webgpu: expect.stringMatching(/^\d+\./) as string,
      sharp: expect.stringMatching(/^\d+\./) as string,
    });
  });

  it("a line of metrics for every epoch and for every logged step", async () => {
    for (const model of models) {
      const epochs = model === "teacher" ? 3 : 4;
      const records = await metricsOf(whole, model);
      expect(records.map(({ kind, epoch }) => [kind, epoch])).toEqual(
        Array.from({ length: epochs }, (_, epoch) => [
          ["step", epoch],
          ["epoch", epoch],
        ]).flat(),
      );
      for (const record of await epochsOf(whole, model)) {
        const numbers = Object.values(record).filter(
          (value) => typeof value !== "string" && typeof value !== "boolean",
        );
        expect(numbers.filter((value) => !(Number(value) >= 0))).toEqual([]);
        expect(record.trainAccuracy).toBeLessThanOrEqual(1);
        expect(record.validationAccuracy).toBeLessThanOrEqual(1);
      }
    }
  });

  it("what every model says of each test image, and what the run used", async () => {
    for (const model of models) {
      const rows = (await read(model, "answers-target.csv")).trimEnd().split("\n").slice(1);
      const { evaluations } = await resultsOf(whole);
      const { accuracies, images } = evaluations.find((one) => one.model === model && one.task === "target")!;
      expect(rows).toHaveLength(images * accuracies.length);
      const right = rows.map((row) => row.split(",")).filter(([, own, , predicted]) => own === predicted);
      expect(right.length / rows.length).toBeCloseTo(
        accuracies.reduce((sum, one) => sum + one, 0) / accuracies.length,
        6,
      );
    }
    const { rows, commands } = JSON.parse(await read("cost.json")) as CostFile;
    expect(new Set(rows.map(({ model }) => model))).toEqual(new Set(models));
    expect(commands).toHaveLength(1);
    expect(commands[0]!.cpuSeconds).toBeGreaterThan(0);
    expect(commands[0]!.peakMemoryBytes).toBeGreaterThan(2 ** 20);
  });

  it("files for TensorBoard, one for each model", async () => {
    for (const model of models) {
      const [file, ...more] = await readdir(join(whole, "tensorboard", model));
      expect(more).toEqual([]);
      const text = await readFile(join(whole, "tensorboard", model, file!), "latin1");
      for (const tag of [
        "step/loss",
        "loss/validation",
        "validation/confidence",
        "validation/examples",
        "configuration",
      ])
        expect(text).toContain(tag);
      expect(text.includes("pseudo_labels/classes")).toBe(model !== "teacher");
    }
  });

  it("tables and figures in the report that hold the run's results", async () => {
    const results = await resultsOf(whole);
    expect(await read("report", "tables.md")).toBe(tablesMarkdown(results, models));
    expect(JSON.parse(await read("report", "tables.json"))).toEqual(tablesOf(results, models));
    const page = await read("report", "index.html");
    expect(page).toContain((await readFile(join(whole, "report", "figure-2.png"))).toString("base64"));
    expect(page).toContain(await read("report", "figure-3.svg"));
    expect(outcome.output).toContain(tablesMarkdown(results, models).trimEnd());
  });
});

describe("the method", () => {
  it("trains the teacher on labels, the students on pseudo-labels and then on labels", async () => {
    const phases = async (model: string) => (await epochsOf(whole, model)).map(({ phase, images }) => [phase, images]);
    expect(await phases("teacher")).toEqual(Array.from({ length: 3 }, () => ["labelled", 35]));
    const student = [
      ["pseudo-labelled", 36],
      ["pseudo-labelled", 36],
      ["labelled", 35],
      ["labelled", 35],
    ];
    expect(await phases("student")).toEqual(student);
    expect(await phases("noisy-student")).toEqual(student);
  });

  it("keeps one learning-rate schedule across both phases", async () => {
    const rates = async (model: string) => (await epochsOf(whole, model)).map(({ learningRate }) => learningRate);
    expect(await rates("teacher")).toEqual([0.02, 0.02, 0.01]);
    expect(await rates("student")).toEqual([0.02, 0.02, 0.01, 0.01]);
    expect(await rates("noisy-student")).toEqual([0.02, 0.02, 0.01, 0.01]);
  });

  it("labels right before each batch what the teacher's labels on record say", async () => {
    const rows = (await read("pseudo-labels.csv"))
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(rows).toHaveLength(36);
    const agreeing = rows.filter(([, label, , own]) => label === own).length / 36;
    expect((await resultsOf(whole)).pseudoLabelAccuracy).toBe(agreeing);
    for (const model of ["student", "noisy-student"]) {
      const recorded = (await epochsOf(whole, model)).map(({ pseudoLabelAccuracy }) => pseudoLabelAccuracy);
      expect(recorded).toEqual([agreeing, agreeing, undefined, undefined]);
    }
  });

  it("keeps the weights of the first epoch with the best validation accuracy; the noisy student's from its labelled phase alone", async () => {
    const { bestValidation } = await resultsOf(whole);
    for (const [model, from] of [
      ["teacher", 0],
      ["student", 0],
      ["noisy-student", 2],
    ] as const) {
      const eligible = (await epochsOf(whole, model)).slice(from);
      const accuracy = Math.max(...eligible.map(({ validationAccuracy }) => validationAccuracy));
      const { epoch } = eligible.find(({ validationAccuracy }) => validationAccuracy === accuracy)!;
      expect(bestValidation[model]).toEqual({ accuracy, epoch });
      const { metadata } = await readSafetensors(join(whole, model, "best.safetensors"));
      expect(metadata).toMatchObject({ model, epoch: String(epoch) });
    }
    expect((await epochsOf(whole, "noisy-student")).slice(0, 2).map(({ best }) => best)).toEqual([false, false]);
  });

  it("gives the students the same pseudo-labelled phase, and RandAugments the noisy one's labelled images, those of its validation too", async () => {
    const [student, noisy] = [await epochsOf(whole, "student"), await epochsOf(whole, "noisy-student")];
    const losses = (records: typeof student) => records.map(({ trainLoss }) => trainLoss);
    expect(losses(noisy).slice(0, 2)).toEqual(losses(student).slice(0, 2));
    expect(losses(noisy)[2]).not.toBe(losses(student)[2]);
    // The weights are the same after the first epoch, so only what they are shown differs.
    expect(noisy[0]!.validationLoss).not.toBe(student[0]!.validationLoss);
  });

  it("reports the mean and deviation of the seeded evaluations of all three models on both tasks", async () => {
    const { evaluations } = await resultsOf(whole);
    const tasks = ["target", "robustness"].flatMap((task) => models.map((model) => [task, model]));
    expect(evaluations.map(({ task, model }) => [task, model])).toEqual(tasks);
    for (const { accuracies, mean, deviation, images } of evaluations) {
      expect(images).toBe(9);
      expect(accuracies).toHaveLength(2);
      expect(mean).toBeCloseTo((accuracies[0]! + accuracies[1]!) / 2, 12);
      expect(deviation).toBeCloseTo(Math.abs(accuracies[0]! - accuracies[1]!) / 2, 12);
    }
    const on = (task: string) =>
      evaluations.filter((record) => record.task === task).map(({ accuracies }) => accuracies);
    expect(on("robustness")).not.toEqual(on("target"));
  });
});

describe("the same numbers", () => {
  it("come from the stages one by one", async () => {
    const staged = join(folder, "staged");
    const begun = await run("train", "teacher", ...birds, ...settings, "--run", staged);
    expect(begun.code).toBe(0);
    for (const stage of [
      ["pseudo-label"],
      ["train", "student"],
      ["train", "noisy-student"],
      ["evaluate"],
      ["robustness", "--only", "randaugment"],
      ["report"],
    ]) {
      const { code, output } = await run(...stage, "--run", staged);
      expect(code, output).toBe(0);
    }
    // What only the command of its own writes.
    const { robustness, ...outcome } = await outcomeOf(staged);
    expect(robustness).toBeDefined();
    expect(outcome).toEqual(await outcomeOf(whole));
    for (const file of ["tables.md", "tables.json", "figure-2.png"]) {
      expect(await readFile(join(staged, "report", file))).toEqual(await readFile(join(whole, "report", file)));
    }
  });

  it.each([1, 2])("come with %i loader threads", async (workers) => {
    const threaded = join(folder, `workers-${workers}`);
    const flags = settings.map((flag, index) => (settings[index - 1] === "--workers" ? String(workers) : flag));
    expect((await run("train", "teacher", ...birds, ...flags, "--run", threaded)).code).toBe(0);
    expect((await outcomeOf(threaded))["teacher"]).toEqual((await outcomeOf(whole))["teacher"]);
  });

  it("stay where a finished run is resumed, and nothing is done again", async () => {
    const before = await outcomeOf(whole);
    const checkpoints = models.flatMap((model) =>
      ["best", "last"].map((name) => join(whole, model, `${name}.safetensors`)),
    );
    const written = () =>
      Promise.all(
        [...checkpoints, join(whole, "results.json"), join(whole, "pseudo-labels.csv")].map(
          async (file) => (await stat(file)).mtimeMs,
        ),
      );
    const times = await written();
    const { code, output } = await run("reproduce", "--resume", "--run", whole);
    expect(code, output).toBe(0);
    expect(output.match(/training is complete already/g)).toHaveLength(3);
    expect(output).toContain("the unlabelled images have their labels already");
    expect(output).not.toMatch(/epoch \d+\/\d+ \(/);
    expect(await written()).toEqual(times);
    expect(await outcomeOf(whole)).toEqual(before);
    const { resumes, startedAt, command } = JSON.parse(await read("environment.json")) as Environment;
    expect(resumes).toHaveLength(1);
    expect(resumes![0]).toMatchObject({
      command,
      node: process.version,
      commit: expect.stringMatching(/./) as string,
      adapter: { name: expect.stringMatching(/./) as string },
    });
    expect(Date.parse(resumes![0]!.startedAt)).toBeGreaterThan(Date.parse(startedAt));
  });
});

describe("a run in hand", () => {
  it("keeps the settings that it began with", async () => {
    const { code, output } = await run("reproduce", "--resume", "--run", whole, "--seed", "3", "--batch-size", "16");
    expect(code).toBe(1);
    expect(output).toMatch(/--seed, --batch-size: the run in .* keeps the settings it began with/);
  });

  it("gives weights that another run can start from, and that a network of another width refuses", async () => {
    const weights = join(whole, "teacher", "best.safetensors");
    const warm = join(folder, "warm");
    const { code, output } = await run("train", "teacher", ...birds, ...settings, "--weights", weights, "--run", warm);
    expect(code, output).toBe(0);
    expect(output).toMatch(
      /starting from .*best.safetensors: none of torchvision's files for ResNet-50 \(sha256 [0-9a-f]{64}\)/,
    );
    const [first] = await metricsOf(warm, "teacher");
    const [cold] = await metricsOf(whole, "teacher");
    expect((first as { loss: number }).loss).not.toBe((cold as { loss: number }).loss);
    // The same weights as nn.DataParallel and an old PyTorch would save them.
    const { tensors } = await readSafetensors(weights);
    const floats = [...tensors].filter(([name]) => !name.endsWith("num_batches_tracked"));
    const file = join(folder, "teacher.pth");
    await writeFile(file, torchFile(new Map(floats.map(([name, tensor]) => [`module.${name}`, tensor]))));
    const other = await run(
      "train",
      "teacher",
      ...birds,
      ...settings,
      "--weights",
      file,
      "--run",
      join(folder, "torch"),
    );
    expect(other.code, other.output).toBe(0);
    const [same] = await metricsOf(join(folder, "torch"), "teacher");
    expect((same as { loss: number }).loss).toBe((first as { loss: number }).loss);
    const refused = await run(
      "reproduce",
      ...birds,
      ...settings,
      "--weights",
      weights,
      "--set",
      "network.width=8",
      "--run",
      join(folder, "never"),
    );
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/does not fit this network[^]*conv1.weight[^]*Give a ResNet-18 of width 8/);
    expect(existsSync(join(folder, "never"))).toBe(false);
  });
});
