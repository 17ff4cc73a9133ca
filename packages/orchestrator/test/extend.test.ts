import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const settings = [...birds, ...small, "--set", "training.stepSize=1"];
const at = (name: string): string => join(folder, name);

async function done(...args: string[]): Promise<string> {
  const { code, output } = await run(...args);
  if (code !== 0) throw new Error(output);
  return output;
}

const weightsOf = (name: string, model: string): Promise<Buffer> => readFile(join(at(name), model, "last.safetensors"));

beforeAll(async () => {
  await done("train", "teacher", ...settings, "--epochs", "1,1,1", "--run", at("short"));
  await done("train", "student", "--run", at("short"));
});

describe("a run of more epochs that begins with another", () => {
  it("gives the bits that so many epochs would have given at first, also after an interruption", async () => {
    await done("train", "teacher", ...settings, "--epochs", "2,1,1", "--run", at("whole"));
    const before = await weightsOf("short", "teacher");
    const longer = ["train", "teacher", "--extend", at("short"), "--epochs", "2,1,1", "--run", at("longer")];
    const output = await done(...longer);
    expect(output).toMatch(
      /extends .*short, whose epochs were 1,1,1: goes on with teacher after epoch 1; the learning rate goes by/,
    );
    expect(output).toMatch(/teacher: training goes on after epoch 1, 2 epochs in all/);
    expect(output).toMatch(/student is trained from its beginning/);
    const whole = await weightsOf("whole", "teacher");
    // The checkpoints hold the log, whose times differ: what was learned is in the best and in the weights' bytes.
    const learned = async (name: string): Promise<unknown> =>
      (await (await RunDirectory.open(at(name))).epochs("teacher")).map(
        ({ trainLoss, validationLoss, learningRate }) => [trainLoss, validationLoss, learningRate],
      );
    expect(await learned("longer")).toEqual(await learned("whole"));
    expect(whole.length).toBeGreaterThan(0);
    expect(await weightsOf("short", "teacher")).toEqual(before);

    // As if it had ended before it took the checkpoint.
    await rm(join(at("longer"), "teacher"), { recursive: true });
    await done("train", "teacher", "--run", at("longer"), "--resume");
    expect(await learned("longer")).toEqual(await learned("whole"));
  });

  it("goes on with a student where only its last epochs are more, and keeps the old figures where they are", async () => {
    await done("reproduce", "--run", at("short"), "--resume");
    const figures = await readFile(join(at("short"), "results.json"));
    const output = await done("reproduce", "--extend", at("short"), "--epochs", "1,1,2", "--run", at("tuned-longer"));
    expect(output).toMatch(/goes on with teacher after epoch 1, student after epoch 2, noisy-student after epoch 2/);
    expect(output).toMatch(/student: training goes on after epoch 2, 3 epochs in all/);
    expect(await readFile(join(at("short"), "results.json"))).toEqual(figures);
    const page = await readFile(join(at("tuned-longer"), "report", "index.html"), "utf8");
    expect(page).toMatch(/<dt>extends<\/dt><dd>.*short, whose epochs were 1,1,1/);
    const dry = await done("reproduce", "--extend", at("short"), "--epochs", "1,1,2", "--dry-run", "--json");
    expect(dry).toContain('"adapter"');
  });

  it("refuses what is no longer run, and says why", async () => {
    const refusal = async (...args: string[]): Promise<string> => {
      const { code, output } = await run("reproduce", "--extend", at("short"), ...args);
      expect(code, output).toBe(1);
      return output;
    };
    expect(await refusal("--epochs", "1,1,1")).toMatch(/has these epochs already \(1,1,1\)/);
    expect(await refusal("--epochs", "2,0,1")).toMatch(/epochs\.pseudoLabelled: 0 is less than the 1/);
    expect(await refusal("--epochs", "2,1,1", "--seed", "5")).toMatch(/--seed: the run in .* is extended by epochs/);
    expect(await refusal("--set", "epochs.teacher=2", "--set", "training.momentum=0.8")).toMatch(
      /only epochs may differ/,
    );
    expect(await refusal("--epochs", "2,1,1", "--run", at("short"), "--resume")).toMatch(
      /holds a run|begins a new run/,
    );
    expect((await run("train", "student", "--extend", at("short"), "--epochs", "1,1,2")).output).toMatch(
      /it begins a run, with "npx fledge reproduce"/,
    );
    await done("train", "teacher", "--extend", at("short"), "--epochs", "2,1,1", "--run", at("spoilt"));
    await rm(join(at("spoilt"), "teacher"), { recursive: true });
    const file = join(at("spoilt"), "extends.json");
    await writeFile(file, (await readFile(file, "utf8")).replaceAll(/"sha256": "\w/g, '"sha256": "x'));
    const { code, output } = await run("train", "teacher", "--run", at("spoilt"), "--resume");
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/last\.safetensors has changed since this run was to go on/),
    ]);
  });
});
