import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { presets } from "../src/config/presets.ts";
import { parseAssignment, resolveConfig } from "../src/config/resolve.ts";
import { modelsOf, reportedModels } from "../src/methods/models-of.ts";
import { checkRun } from "../src/run/check-run.ts";
import { checkCounts } from "../src/stages/check-counts.ts";
import { stepBatchesOf } from "../src/stages/batches.ts";
import { programsOf } from "../src/stages/programs.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { runUntil } from "./interrupt.ts";
import { epochsOf, outcomeOf, resultsOf } from "./run-files.ts";
import { imagesOf, watchRun, type WatchedEpoch } from "./watch.ts";

vi.mock("@fledge/training/epoch", async (original) => (await import("./watch.ts")).watchEpochs(await original()));
vi.mock("@fledge/training/evaluate", async (original) =>
  (await import("./watch.ts")).watchEvaluations(await original()),
);

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const set = (...assignments: string[]): string[] => assignments.flatMap((key) => ["--set", key]);
const keys = ["method=fixmatch", "fixmatch.threshold=0.4", "fixmatch.unlabelledPerLabelled=3"];
const settings = [...birds, ...small, "--epochs", "1,2,1", ...set(...keys)];

describe("a run of fixmatch", () => {
  const whole = join(folder, "whole");
  let outcome: Outcome;
  let epochs: readonly WatchedEpoch[];

  beforeAll(async () => {
    const watched = await watchRun(async () => (outcome = await run("reproduce", ...settings, "--run", whole)));
    epochs = watched.models.flat();
  });

  it("trains one model in the noisy student's epochs, each a pass over the unlabelled images, and reports it", async () => {
    expect(outcome.code, outcome.output).toBe(0);
    const records = await epochsOf(whole, "fixmatch");
    // 36 unlabelled images, and 12 labelled ones.
    expect(records.map(({ phase, images }) => [phase, images])).toEqual(Array(3).fill(["fixmatch", 48]));
    expect(records.every(({ keptShare, pseudoLabelAccuracy }) => keptShare! <= 1 && pseudoLabelAccuracy! >= 0)).toBe(
      true,
    );
    const { evaluations } = await resultsOf(whole);
    expect(evaluations.map(({ model, task }) => `${model} ${task}`)).toEqual([
      "fixmatch target",
      "fixmatch robustness",
    ]);
    const page = await readFile(join(whole, "report", "index.html"), "utf8");
    for (const text of ["<h1>FixMatch, demo preset", "Pseudo-labels by epoch", "FixMatch: share that counts"])
      expect(page).toContain(text);
    expect(existsSync(join(whole, "report", "pseudo-labels-by-epoch.svg"))).toBe(true);
    const found: string[] = [];
    for await (const finding of checkRun(whole)) found.push(finding);
    expect(found).toEqual([]);
  });

  it("shows labelled images and the labelled views weakly, and teaches the RandAugmented view", () => {
    const [{ phase, unlisted }] = epochs as [WatchedEpoch];
    expect(phase.view.randAugment).toBeUndefined();
    expect(phase.objective.beside!.views["weak"]).toEqual(phase.view);
    expect(phase.beside!.view).toEqual({
      ...phase.view,
      randAugment: expect.objectContaining({ order: "before-crop" }),
    });
    expect(phase.labeller).toBeUndefined();
    // Every kernel of a step on a full batch runs the rung that kernels.json names.
    expect(unlisted).toEqual([]);
  });

  it("is killed and taken up, on other loader threads, to the same bits", async () => {
    const cut = join(folder, "cut");
    const begun = { file: join(cut, "fixmatch", "last.safetensors"), signal: "SIGKILL" } as const;
    const killed = await runUntil(begun, ...settings, "--workers", "1", "--run", cut);
    expect(killed.signal, killed.output).toBe("SIGKILL");
    const resumed = await run("reproduce", "--resume", "--run", cut);
    expect(resumed.code, resumed.output).toBe(0);
    expect(resumed.output).toMatch(/fixmatch: training goes on after epoch [12], 3 epochs in all/);
    expect(await outcomeOf(cut)).toEqual(await outcomeOf(whole));
  });

  it.each([
    "fixmatch.temperature=5",
    "fixmatch.ratio=3",
    "fixmatch.batchNorm=separate",
    "fixmatch.threshold=0.9",
    "training.mix.kind=mixup",
    "training.microBatchSize=16",
    "randAugment.probability=1",
  ])("%s changes what is trained", async (key) => {
    const to = join(folder, key);
    const args = ["train", "fixmatch", ...settings, "--epochs", "1,1,1", ...set(key), "--run", to];
    const { models } = await watchRun(() => run(...args));
    const [other] = models.flat() as [WatchedEpoch];
    const [first] = epochs as [WatchedEpoch];
    const losses = async (path: string) => (await epochsOf(path, "fixmatch"))[0]!.trainLoss;
    expect(await losses(to)).not.toBe(await losses(whole));
    expect(imagesOf(other.batches).equals(imagesOf(first.batches))).toBe(true); // The labelled ones.
  });
});

const configOf = (...assignments: string[]) =>
  resolveConfig("demo", ["method=fixmatch", ...assignments].map(parseAssignment));

it("has one model, a step on both sets and an evaluation, whatever the teacher's settings are", () => {
  const config = configOf("pseudoLabels.from=own-split", "training.batchSize=16");
  expect([modelsOf(config), reportedModels(config)]).toEqual([["fixmatch"], ["fixmatch"]]);
  expect(programsOf(config).map(({ kind, by, batches }) => [kind, by, batches.size, batches.perImage])).toEqual([
    ["fixmatch step", "students", 16, 7],
    ["evaluation", "students", 16, 0],
  ]);
  expect(stepBatchesOf(config, "fixmatch").atOnce).toBe(16 * 8);
  // The paper's own settings (table 4, and section 2 for lambda_u).
  expect(presets["paper-text"]!.fixmatch).toMatchObject({ threshold: 0.95, unlabelledPerLabelled: 7, ratio: 1 });
});

it("counts its images: too few unlabelled ones for a step are refused, and a batch above an epoch is told", () => {
  expect(() => checkCounts(configOf(), 48, 6)).toThrow(
    "fixmatch.unlabelledPerLabelled: 7 is more than the 6 unlabelled images; lower it with --set fixmatch.unlabelledPerLabelled=",
  );
  expect(checkCounts(configOf(), 48, 70)).toEqual([
    expect.stringContaining("training.batchSize: 32 is more than the 10"),
  ]);
});

it.each([
  ["student.objective=joint", "student.objective: it is of the students of a teacher"],
  ["pseudoLabels.heldOut=0.2", "pseudoLabels.heldOut: held-out images are labelled by a teacher"],
  ["pseudoLabels.threshold=0.5", "set it to null, and fixmatch.threshold instead"],
  ["training.microBatchSize=7", "training.microBatchSize: a part of a step has at least 1 labelled image and the 7"],
  ["fixmatch.threshold=1.1", "fixmatch.threshold: 1.1 will not do"],
  ["fixmatch.mu=7", "fixmatch.mu: there is no such setting"],
])("%s is refused", (assignment, message) => {
  expect(() => configOf(assignment)).toThrow(message);
});

it("is no model of another method, nor are that method's models its own", async () => {
  const refused = await run("train", "student", "--run", join(folder, "whole"));
  expect(refused.output.replaceAll(/\s+/g, " ")).toContain("method: fixmatch trains fixmatch, not student");
  const other = await run("train", "fixmatch", ...birds, ...small, "--run", join(folder, "other"));
  expect(other.output.replaceAll(/\s+/g, " ")).toContain("not fixmatch; another method is set with --set method=");
});
