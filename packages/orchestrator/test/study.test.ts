import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { drawBirds } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf } from "./run-files.ts";

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
  yardstick: { method: supervised-noise }
${more}`;

let folders: readonly string[];
let outcome: Outcome;

beforeAll(async () => {
  const [, labelled, , unlabelled] = await drawBirds(join(folder, "birds"));
  folders = [labelled!, unlabelled!];
  await writeFile(file, study(folders));
  outcome = await run("study", "run", file, "--study", studied, "--no-tune", "--at-once", "2");
});

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
    // Two seeds of three models and of one, on two tasks.
    expect(csv).toHaveLength(1 + 2 * 4 * 2);
    expect(flat(outcome)).toContain("2 pairs cannot be significant");
    const markdown = await readFile(join(studied, "report", "comparisons.md"), "utf8");
    expect(markdown).toMatch(/\| yardstick: Supervised \+ noise +\| paper: Noisy Student +\| 2 /);
  });

  it("does nothing again, and only what is missing", async () => {
    const before = await outcomeOf(join(studied, "runs", "paper-2"));
    await rm(join(studied, "runs", "paper-2"), { recursive: true });
    const again = await run("study", "run", file, "--study", studied, "--no-tune");
    expect(again.code, again.output).toBe(0);
    expect(again.output.match(/: begun/g)).toHaveLength(1);
    expect(again.output).toContain("runs/paper-2: begun");
    expect(await outcomeOf(join(studied, "runs", "paper-2"))).toEqual(before);
  });

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
      study(folders, "  diverging: { training.learningRate: 1e30 }\n").replace("seeds: [1, 2]", "seeds: [1]"),
    );
    const failed = await run("study", "run", failing, "--study", join(folder, "failing"), "--no-tune");
    expect(failed.code).toBe(1);
    expect(flat(failed)).toMatch(/teachers\/\w+ failed, runs\/diverging-1 not run: the same command tries them again/);
    expect(flat(failed)).toContain("runs/yardstick-1: done");
    const log = /see (\S+\.log)/.exec(flat(failed))![1]!;
    expect(await readFile(log, "utf8")).toContain("lower training.learningRate");
  });
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
