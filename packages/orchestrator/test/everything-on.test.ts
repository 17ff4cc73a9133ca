// All that goes beyond the paper at once: it composes, and a run with it survives what a plain one does.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { random } from "@fledge/random";
import { readSafetensors } from "@fledge/safetensors";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { checkRun } from "../src/run/check-run.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { runUntil } from "./interrupt.ts";
import { epochsOf, outcomeOf } from "./run-files.ts";
import { watchRun, type WatchedEpoch } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const everything = [
  "student.objective=joint",
  "student.unlabelledPerLabelled=2",
  "student.unlabelledWeight=official",
  "student.noiseOnUnlabelled=true",
  "pseudoLabels.targets=soft",
  "pseudoLabels.temperature=0.5",
  "pseudoLabels.threshold=0.34",
  "pseudoLabels.made=generation",
  'pseudoLabels.select={"rule":"balance","imagesPerClass":9,"minimum":0.1,"upsample":true}',
  "network.dropout=0.3",
  "network.stochasticDepth.rate=0.3",
  "network.noised=all",
  "training.weightDecay=0.001",
  "training.decayNormAndBias=false",
  "training.nesterov=true",
  "training.schedule.kind=cosine",
  "training.schedule.warmupEpochs=1",
  "training.ema.use=teacher",
  "training.mix.kind=cutmix",
  "training.microBatchSize=12",
  "generations.count=2",
  'generations.networks=[null,{"depth":18,"width":6}]',
  'randAugment.operations={"Rotate":{"range":[0,6]},"Brightness":{"range":[2,5],"probability":0.9},"Posterize":{}}',
];
const settings = [...birds, ...small, "--epochs", "2,1,1", ...everything.flatMap((key) => ["--set", key])];
const models = ["teacher", "student", "noisy-student", "noisy-student-2"];

describe("a run with everything on", () => {
  const whole = join(folder, "whole");
  let outcome: Outcome;
  let watched: readonly WatchedEpoch[];

  beforeAll(async () => {
    const seen = await watchRun(async () => (outcome = await run("reproduce", ...settings, "--run", whole)));
    watched = seen.models.flat();
  });

  it("reproduces, with every part of it at work", async () => {
    expect(outcome.code, outcome.output).toBe(0);
    const found: string[] = [];
    for await (const finding of checkRun(whole)) found.push(finding);
    expect(found).toEqual([]);
    // Every kernel of a step on a full batch runs the rung that kernels.json names.
    expect(watched.flatMap(({ unlisted }) => unlisted)).toEqual([]);
    for (const model of models.slice(1)) {
      const epochs = await epochsOf(whole, model);
      expect(epochs.map(({ phase }) => phase)).toEqual(["joint", "joint"]);
      expect(epochs[0]!.keptShare).toBeGreaterThan(0);
      // The warm-up, then the cosine's top.
      expect(epochs.map(({ learningRate }) => learningRate)).toEqual([0, 0.02]);
      const { tensors } = await readSafetensors(join(whole, model, "last.safetensors"));
      expect([...tensors.keys()]).toContain("optimiser.average.conv1.weight");
      expect(tensors.get("conv1.weight")!.shape[0]).toBe(model === "noisy-student-2" ? 6 : 4);
    }
    const { phase } = watched.at(-1)!;
    expect(phase.beside!.view.randAugment).toBeDefined();
    expect(phase.objective.drawn).toBeDefined();
    for (const name of ["pseudo-labels-2.safetensors", "chosen-images-2.csv", "pseudo-labels-2.csv"])
      expect(existsSync(join(whole, name)), name).toBe(true);
    expect(await readFile(join(whole, "report", "index.html"), "utf8")).toContain("Noisy Student, generation 2");
  });

  it("comes to the same bits on other loader threads, killed at random and taken up each time", async () => {
    const cut = join(folder, "cut");
    const draw = random(Number(process.env["FLEDGE_TEST_SEED"] ?? 5), "when to kill");
    const [first, second] = [models[draw.integer(0, 2)]!, models[draw.integer(2, 4)]!];
    // Some milliseconds after a model's first epoch is kept: in a step, a validation, a write or between.
    const killed = async (model: string, ...args: string[]): Promise<void> => {
      const end = {
        file: join(cut, model, "metrics.jsonl"),
        epochs: 1,
        afterMs: draw.integer(0, 400),
        signal: "SIGKILL",
      } as const;
      const { signal, output } = await runUntil(end, ...args, "--run", cut);
      expect(signal, output).toBe("SIGKILL");
    };
    await killed(first, ...settings, "--workers", "1");
    await killed(second, "--resume");
    const { code, output } = await run("reproduce", "--resume", "--run", cut);
    expect(code, output).toBe(0);
    expect(await outcomeOf(cut)).toEqual(await outcomeOf(whole));
  });
});
