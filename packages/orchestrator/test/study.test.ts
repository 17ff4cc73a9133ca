import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readRobustness } from "../src/robustness/records.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf, resultsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const studied = join(folder, "studied");
const file = join(folder, "study.yaml");
const flat = ({ output }: Outcome): string => output.replaceAll(/\s+/g, " ");

const study = ([labelled, unlabelled]: readonly string[], more = ""): string => `
name: small
about: What does the command do?
preset: demo
seeds: [1, 2]
baseline: paper
path: [paper, yardstick]
curve: { title: dropout, setting: network.dropout }
evaluations: [calibration, corruptions/fog/3]
set:
  data.labelled: ${labelled}
  data.unlabelled: ${unlabelled}
  data.imageSize: 32
  views.resize: 36
  network.depth: 18
  network.width: 4
  training.batchSize: 8
  training.learningRate: 0.02
  loader.workers: 0
  evaluation.repeats: 2
  epochs: { teacher: 1, pseudoLabelled: 1, labelled: 1 }
variants:
  paper: {}
  yardstick: { method: supervised-noise, network.dropout: 0.1 }
${more}`;

let folders: readonly string[];
let outcome: Outcome;

beforeAll(async () => {
  const [, labelled, , unlabelled] = await drawBirds(join(folder, "birds"));
  folders = [labelled!, unlabelled!];
  await writeFile(file, study(folders));
  outcome = await run("study", "run", file, "--study", studied, "--no-tune", "--at-once", "2");
}, 400_000); // Fourteen processes.

describe("study run", () => {
  it("runs every variant under every seed, a shared teacher once, and writes the page", async () => {
    expect(outcome.code, outcome.output).toBe(0);
    const status = await run("study", "status", file, "--study", studied);
    expect(status.output.match(/\| done/g)).toHaveLength(6);
    expect(status.output.match(/teachers\//g)).toHaveLength(2);
    const page = await readFile(join(studied, "report", "index.html"), "utf8");
    for (const text of ["What does the command do?", "yardstick: Supervised + noise", "paper: Noisy Student", "<svg"])
      expect(page).toContain(text);
    const csv = (await readFile(join(studied, "report", "outcomes.csv"), "utf8")).trimEnd().split("\n");
    // Two seeds of three models and of one, on two tasks and by two evaluations.
    expect(csv).toHaveLength(1 + 2 * 4 * 4);
    expect(flat(outcome)).toContain("2 pairs cannot be significant");
    const markdown = await readFile(join(studied, "report", "comparisons.md"), "utf8");
    expect(markdown).toMatch(/\| yardstick: Supervised \+ noise +\| paper: Noisy Student +\| 2 /);
  });

  it("measures what the file asks for, of every model", async () => {
    const page = await readFile(join(studied, "report", "index.html"), "utf8");
    for (const text of ["Expected calibration error (less is better)", "corrupted images (corruptions/fog/3)"])
      expect(page).toContain(text);
    const run1 = await RunDirectory.open(join(studied, "runs", "paper-1"));
    const records = (await readRobustness(run1))!.records;
    expect(new Set(records.map(({ model }) => model))).toEqual(new Set(["teacher", "student", "noisy-student"]));
    const ece = records.find(({ model, family }) => model === "student" && family === "calibration")!.values["ece"];
    const csv = await readFile(join(studied, "report", "outcomes.csv"), "utf8");
    expect(csv).toContain(`paper,1,student,calibration,${ece}\n`);
  });

  it("keeps of every evaluation which test images were right", async () => {
    const { evaluations } = await resultsOf(join(studied, "runs", "paper-1"));
    expect(evaluations).toHaveLength(6);
    for (const { accuracies, correct, images } of evaluations)
      expect(correct!.map((bits) => bits.replaceAll("0", "").length / images)).toEqual(accuracies);
    expect(new Set(evaluations.map(({ imagesSha256 }) => imagesSha256)).size).toBe(1);
  });

  it("attributes points to the steps of a path, and draws a curve", async () => {
    const lines = (await readFile(join(studied, "report", "attribution.csv"), "utf8")).trimEnd().split("\n");
    expect(lines.slice(1)).toHaveLength(2 * 4);
    expect(lines[1]).toMatch(/^target,paper,yardstick,"?method: .*network\.dropout: 0\.1"?,2,/);
    const curves = await readFile(join(studied, "report", "curves.csv"), "utf8");
    expect(curves).toContain("target,Noisy Student,0,paper,noisy-student,2,");
    expect(curves).toContain("target,Supervised + noise,0.1,yardstick,supervised-noise,2,");
    expect(await readFile(join(studied, "report", "curve-target.svg"), "utf8")).toContain("<svg");
  });

  it("gives a single seed McNemar's test in place of the paired one, and refuses other test images", async () => {
    const single = join(folder, "single.yaml");
    await writeFile(single, study(folders).replace("seeds: [1, 2]", "seeds: [1]"));
    const copy = join(folder, "copy");
    await cp(studied, copy, { recursive: true });
    const report = async (): Promise<string> => {
      const { code, output } = await run("study", "report", single, "--study", copy);
      expect(code, output).toBe(0);
      return readFile(join(copy, "report", "index.html"), "utf8");
    };
    const page = await report();
    expect(page).toContain("p (McNemar)");
    expect(page).not.toContain("sign-flip");
    const file = join(copy, "runs", "yardstick-1", "results.json");
    await writeFile(file, (await readFile(file, "utf8")).replaceAll(/"imagesSha256": "./g, '"imagesSha256": "x'));
    expect(await report()).toContain("seed 1: their test images are not the same");
  });

  it("does nothing again, and only what is missing", async () => {
    const before = await outcomeOf(join(studied, "runs", "paper-2"));
    await rm(join(studied, "runs", "paper-2"), { recursive: true });
    const again = await run("study", "run", file, "--study", studied, "--no-tune");
    expect(again.code, again.output).toBe(0);
    expect(again.output.match(/: begun/g)).toHaveLength(1);
    expect(again.output).toContain("runs/paper-2: begun");
    expect(await outcomeOf(join(studied, "runs", "paper-2"))).toEqual(before);
  }, 400_000);

  it("leaves each run one that the other commands understand", async () => {
    const report = await run("report", "--run", join(studied, "runs", "paper-1"));
    expect(report.code, report.output).toBe(0);
    const doctor = await run("doctor", "--run", join(studied, "runs", "paper-1"));
    expect(doctor.code, doctor.output).toBe(0);
  });

  it("takes more seeds and variants, but no other settings into the same folder", async () => {
    const other = join(folder, "other.yaml");
    await writeFile(other, study(folders).replace("training.learningRate: 0.02", "training.learningRate: 0.03"));
    const refused = await run("study", "run", other, "--study", studied, "--no-tune");
    expect([refused.code, flat(refused)]).toEqual([1, expect.stringContaining("holds the runs of another study")]);
  });

  it("names a failed node with its log, fails what needs it, and goes on with the rest", async () => {
    const failing = join(folder, "failing.yaml");
    await writeFile(
      failing,
      study(folders, "  diverging: { training.learningRate: 1e30 }\n")
        .replace("seeds: [1, 2]", "seeds: [1]")
        .replace(/evaluations: .*/, ""),
    );
    const failed = await run("study", "run", failing, "--study", join(folder, "failing"), "--no-tune");
    expect(failed.code).toBe(1);
    expect(flat(failed)).toMatch(/teachers\/\w+ failed, runs\/diverging-1 not run: the same command tries them again/);
    expect(flat(failed)).toContain("runs/yardstick-1: done");
    const log = /see (\S+\.log)/.exec(flat(failed))![1]!;
    expect(await readFile(log, "utf8")).toContain("lower training.learningRate");
  }, 400_000);
});

describe("study plan", () => {
  it("prints the graph before anything runs", async () => {
    const { code, output } = await run("study", "plan", file);
    expect(code).toBe(0);
    expect(output).toContain("student 2, noisy-student 2");
    expect(output).toContain("4 runs, 2 teachers that they share");
  });

  it("names a variant whose settings cannot be", async () => {
    const wrong = join(folder, "wrong.yaml");
    await writeFile(wrong, study(folders, "  wrong: { training.momentun: 0.5 }\n"));
    const { code, output } = await run("study", "plan", wrong);
    expect(code).toBe(1);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(
      /variant wrong, seed 1: .*training\.momentun: there is no such setting/,
    );
  });
});
