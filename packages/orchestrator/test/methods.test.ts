import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors } from "@fledge/safetensors";
import { beforeAll, describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { resolveConfig } from "../src/config/resolve.ts";
import { modelsOf } from "../src/methods/models-of.ts";
import { checkRun } from "../src/run/check-run.ts";
import { isModelName } from "../src/run/records.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf, outcomeOf, resultsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const settings = [...small, "--epochs", "2,2,1"];
let birds: string[];

async function findings(path: string): Promise<string[]> {
  const found: string[] = [];
  for await (const finding of checkRun(path)) found.push(finding);
  return found;
}

beforeAll(async () => {
  birds = await drawBirds(join(folder, "birds"));
});

describe("generations", () => {
  const iterated = join(folder, "iterated");
  let outcome: Outcome;

  beforeAll(async () => {
    outcome = await run("reproduce", ...birds, ...settings, "--set", "generations.count=3", "--run", iterated);
  });

  it("make each noisy student the teacher of the next, with a row of its own in the tables", async () => {
    expect(outcome.code, outcome.output).toBe(0);
    const { evaluations } = await resultsOf(iterated);
    const names = ["teacher", "student", "noisy-student", "noisy-student-2", "noisy-student-3"];
    expect(evaluations.map(({ model, task }) => `${model} ${task}`)).toEqual(
      ["target", "robustness"].flatMap((task) => names.map((name) => `${name} ${task}`)),
    );
    expect(outcome.output).toContain("Noisy Student, generation 3");
    expect(await readFile(join(iterated, "report", "index.html"), "utf8")).toContain("Noisy Student, generation 3");
    expect(await findings(iterated)).toEqual([]);
    // Taught by another teacher from the same start: the first losses differ.
    const [first, second] = [await epochsOf(iterated, "noisy-student"), await epochsOf(iterated, "noisy-student-2")];
    expect(second[0]!.trainLoss).not.toBe(first[0]!.trainLoss);
    expect(second.map(({ images }) => images)).toEqual(first.map(({ images }) => images));
  });

  it("begin with the paper's own run, to the bit", async () => {
    const single = join(folder, "single");
    expect((await run("reproduce", ...birds, ...settings, "--run", single)).code).toBe(0);
    const [once, thrice] = [await outcomeOf(single), await outcomeOf(iterated)];
    for (const model of ["teacher", "student", "noisy-student"]) expect(thrice[model]).toEqual(once[model]);
  });

  it("are trained one by one to the same bits, and only after their teacher", async () => {
    const staged = join(folder, "staged");
    await cp(iterated, staged, { recursive: true });
    for (const name of ["noisy-student-2", "noisy-student-3", "report", "results.json", "pseudo-labels.csv"])
      await rm(join(staged, name), { recursive: true });
    const early = await run("train", "noisy-student-3", "--run", staged);
    expect([early.code, early.output.replaceAll(/\s+/g, " ")]).toEqual([
      1,
      expect.stringContaining("has no finished noisy-student-2"),
    ]);
    for (const name of ["noisy-student-2", "noisy-student-3"])
      expect((await run("train", name, "--run", staged)).code).toBe(0);
    expect((await run("reproduce", "--run", staged, "--resume")).code).toBe(0);
    expect(await outcomeOf(staged)).toEqual(await outcomeOf(iterated));
  });
});

describe("supervised-noise", () => {
  const yardstick = join(folder, "yardstick");

  it("spends the noisy student's budget on true labels, with its noise, and is reported alone", async () => {
    const { code, output } = await run(
      "reproduce",
      ...birds,
      ...settings,
      "--set",
      "method=supervised-noise",
      "--run",
      yardstick,
    );
    expect(code, output).toBe(0);
    const epochs = await epochsOf(yardstick, "supervised-noise");
    // 36 unlabelled images, and 35 of 48 for training.
    expect(epochs.map(({ phase, images }) => [phase, images])).toEqual([
      ["labelled", 36],
      ["labelled", 36],
      ["labelled", 35],
    ]);
    expect(epochs.every(({ pseudoLabelAccuracy }) => pseudoLabelAccuracy === undefined)).toBe(true);
    const { evaluations, pseudoLabelAccuracy } = await resultsOf(yardstick);
    expect(evaluations.map(({ model }) => model)).toEqual(["supervised-noise", "supervised-noise"]);
    expect(pseudoLabelAccuracy).toBeUndefined();
    expect(output).toContain("Supervised + noise");
    expect(await findings(yardstick)).toEqual([]);
  });

  it("is seen with RandAugment: without any operation it trains to other weights", async () => {
    const bare = join(folder, "bare");
    const none = ["--set", "method=supervised-noise", "--set", "randAugment.probability=0"];
    expect((await run("train", "supervised-noise", ...birds, ...settings, ...none, "--run", bare)).code).toBe(0);
    const [without, noised] = [await epochsOf(bare, "supervised-noise"), await epochsOf(yardstick, "supervised-noise")];
    expect(without.map(({ trainLoss }) => trainLoss)).not.toEqual(noised.map(({ trainLoss }) => trainLoss));
  });

  it.each([
    // 36 unlabelled images: 18 labelled ones go with them, 12 to a step with its 24, of which the second is smaller.
    ["a joint student's", ["student.objective=joint", "student.unlabelledPerLabelled=2", "training.batchSize=12"]],
    [
      "a joint student's, in parts",
      ["student.objective=joint", "training.microBatchSize=8", "training.mix.kind=mixup"],
    ],
    ["a student's that is mixed", ["training.mix.kind=cutmix"]],
  ])("spends %s budget: as many images and steps, with the same rates", async (name, keys) => {
    const assignments = [...keys, "training.schedule.kind=cosine", "training.schedule.warmupEpochs=1"];
    const flags = [...birds, ...settings, ...assignments.flatMap((key) => ["--set", key])];
    const spent = async (model: string, folderOf: string) => {
      const { tensors } = await readSafetensors(join(folderOf, model, "best.safetensors"));
      const epochs = await epochsOf(folderOf, model);
      return {
        epochs: epochs.map(({ images, learningRate }) => [images, learningRate]),
        // Counts the batches that BatchNorm has seen: those of the best epoch.
        tracked:
          Number(tensors.get("bn1.num_batches_tracked")!.data[0]) / (epochs.findLast(({ best }) => best)!.epoch + 1),
      };
    };
    const [noisy, labelled] = [join(folder, `${name} noisy`), join(folder, `${name} labelled`)];
    const outcomes = [
      await run("train", "teacher", ...flags, "--run", noisy),
      await run("train", "noisy-student", "--run", noisy),
      await run("train", "supervised-noise", ...flags, "--set", "method=supervised-noise", "--run", labelled),
    ];
    expect(outcomes.map(({ code, output }) => (code === 0 ? 0 : output))).toEqual([0, 0, 0]);
    const [of, own] = [await spent("noisy-student", noisy), await spent("supervised-noise", labelled)];
    expect(own.epochs).toEqual(of.epochs);
    // Steps an epoch, of a joint training: in two stretches the best epoch may be of either.
    expect(keys[0] === "student.objective=joint" ? own.tracked : of.tracked).toBe(of.tracked);
  });

  it("is refused where its budget hangs on a teacher", () => {
    const select = { rule: "balance", imagesPerClass: 9, minimum: 0.1, upsample: true };
    expect(() =>
      resolveConfig("demo", [{ method: "supervised-noise", pseudoLabels: { made: "generation", select } }]),
    ).toThrow("pseudoLabels.select: which images it leaves depends on a teacher");
  });

  it("is no model of another method, which says so before anything is written", async () => {
    const refused = await run("train", "supervised-noise", ...birds, ...settings, "--run", join(folder, "refused"));
    expect(refused.code).toBe(1);
    expect(refused.output.replaceAll(/\s+/g, " ")).toContain(
      "method: noisy-student-lite trains teacher, student, noisy-student, not supervised-noise",
    );
    const student = await run("train", "student", "--run", yardstick);
    expect(student.output.replaceAll(/\s+/g, " ")).toContain(
      "method: supervised-noise trains supervised-noise, not student",
    );
  });
});

it("the models of a method are the paper's, and a later generation bears its number", () => {
  const paper = presets["paper-text"]!;
  expect(modelsOf(paper)).toEqual(["teacher", "labelling-teacher", "student", "noisy-student"]);
  expect(modelsOf({ ...presets["demo"]!, generations: { count: 2, networks: [] } })).toEqual([
    "teacher",
    "student",
    "noisy-student",
    "noisy-student-2",
  ]);
  expect(["noisy-student-1", "noisy-student-0", "noisy-student-x", "noisy-student-02", "fixer"].some(isModelName)).toBe(
    false,
  );
});
