import { appendFile, mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { UsageError } from "../src/config/resolve.ts";
import { lockName, thisProcess } from "@fledge/files";
import { logText, type MetricRecord } from "@fledge/training";
import { RunDirectory } from "../src/run/run-directory.ts";
import { temporaryFolder } from "./folder.ts";
import { epochRecord } from "./records.ts";

const config = presets["demo"]!;
const root = await temporaryFolder();
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(root, "run-"));
});

const step = (epoch: number, at: number): MetricRecord => ({
  kind: "step",
  epoch,
  step: at,
  loss: 0.5,
  accuracy: 0.25,
});

/** Of this machine as it ran before it was started anew: nothing else is dead for certain to every test machine. */
const deadOwner = {
  ...thisProcess(),
  boot: "before",
  token: "a",
  since: "2026-11-26T00:00:00.000Z",
};

describe("create", () => {
  it("makes the folder and leaves configuration and environment in it", async () => {
    const run = await RunDirectory.create(join(folder, "deep", "new"), config, { node: "v20" });
    expect(JSON.parse(await readFile(run.file("config.json"), "utf8"))).toEqual(config);
    expect(JSON.parse(await readFile(run.file("environment.json"), "utf8"))).toEqual({ node: "v20" });
  });

  it("refuses a folder that holds something, and changes nothing in it", async () => {
    await writeFile(join(folder, "notes.txt"), "mine");
    await expect(RunDirectory.create(folder, config, {})).rejects.toThrow(/is not empty.*--run.*--resume/);
    expect(await readdir(folder)).toEqual(["notes.txt"]);
  });

  it("begins where one was ended before its config.json was written, which cannot be resumed", async () => {
    await expect(RunDirectory.create(folder, config, {}, () => Promise.reject(new Error("ended")))).rejects.toThrow(
      "ended",
    );
    expect(await readdir(folder)).toEqual([]);
    // What a killed process leaves: its lock, and a part of a file.
    await writeFile(join(folder, lockName), JSON.stringify(deadOwner));
    await writeFile(join(folder, "environment.json"), "{}");
    await writeFile(join(folder, "config.json.999999999-1-0-0-0.partial"), "{");
    await expect(RunDirectory.open(folder)).rejects.toThrow(
      /ended before it had begun: begin it again, .* without --r/,
    );
    const run = await RunDirectory.create(folder, config, { node: "v20" }, (begun) =>
      begun.write("kernels.json", "[]"),
    );
    expect((await readdir(folder)).sort()).toEqual(
      ["config.json", "environment.json", "kernels.json", lockName, "config.json.999999999-1-0-0-0.partial"].sort(),
    );
    run.release();
    expect(await readdir(folder)).not.toContain(lockName);
  });

  it("is one process's until it is released", async () => {
    const run = await RunDirectory.create(folder, config, {});
    const other = await RunDirectory.open(folder);
    await expect(other.lock()).rejects.toThrow(
      /run\.lock: this run is in the hands of process \d+ on \S+ since \S+; wait until it ends, or end it \(kill \d+\)/,
    );
    await expect(RunDirectory.create(folder, config, {})).rejects.toThrow("is not empty");
    run.release();
    await other.lock();
    await expect(run.write("results.json", "{}")).resolves.toBeUndefined(); // It has no lock to lose.
    other.release();
  });

  it("refuses a place that cannot be a folder", async () => {
    await writeFile(join(folder, "file"), "");
    for (const path of [join(folder, "file"), join(folder, "file", "below")]) {
      const error: unknown = await RunDirectory.create(path, config, {}).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toContain(`${path} cannot be a run's folder`);
    }
  });
});

describe("open", () => {
  it("gives back the configuration that the run began with", async () => {
    await RunDirectory.create(join(folder, "run"), { ...config, seed: 9 }, {});
    expect((await RunDirectory.open(join(folder, "run"))).config).toEqual({ ...config, seed: 9 });
  });

  it("names a folder that holds no run", async () => {
    await writeFile(join(folder, "file"), "");
    for (const path of [folder, join(folder, "nowhere"), join(folder, "file")]) {
      await expect(RunDirectory.open(path)).rejects.toThrow(`${path} holds no run (there is no config.json)`);
    }
  });

  it("takes up a run of an earlier program, with the settings that have come since as its preset has them", async () => {
    const { method: _, ...rest } = config;
    const { zeroInitResidual: __, ...network } = { ...config.network, width: 16 };
    await writeFile(join(folder, "config.json"), JSON.stringify({ ...rest, network }));
    const run = await RunDirectory.open(folder);
    expect(run.config).toEqual({ ...config, network: { ...config.network, width: 16 } });
  });

  it("names a configuration that is damaged", async () => {
    const file = join(folder, "config.json");
    await writeFile(file, '{"seed": 4');
    await expect(RunDirectory.open(folder)).rejects.toThrow(`${file} is no JSON`);
    await writeFile(file, JSON.stringify({ ...config, seed: "four" }));
    await expect(RunDirectory.open(folder)).rejects.toThrow(/config\.json: seed: "four" will not do/);
  });
});

describe("metrics", () => {
  let run: RunDirectory;
  const log = (model: string, records: readonly MetricRecord[]) =>
    run.write(`${model}/metrics.jsonl`, logText(records));
  beforeEach(async () => {
    run = await RunDirectory.create(join(folder, "run"), config, {});
  });

  it("come back in the order in which they were logged, each model's for itself", async () => {
    await log("teacher", [step(0, 0), step(0, 10), epochRecord(0), step(1, 0), epochRecord(1)]);
    await log("student", [epochRecord(0)]);
    expect(await run.metrics("teacher")).toEqual([step(0, 0), step(0, 10), epochRecord(0), step(1, 0), epochRecord(1)]);
    expect(await run.epochs("teacher")).toEqual([epochRecord(0), epochRecord(1)]);
    expect(await run.epochs("student")).toEqual([epochRecord(0)]);
    expect(await run.metrics("noisy-student")).toEqual([]);
  });

  it("leave out a last line that an interruption cut short", async () => {
    await log("teacher", [step(0, 0), epochRecord(0)]);
    await appendFile(run.file("teacher", "metrics.jsonl"), '{"kind":"step","epo');
    expect(await run.metrics("teacher")).toEqual([step(0, 0), epochRecord(0)]);
  });

  it("name the file and line of damage elsewhere", async () => {
    await log("teacher", []);
    await writeFile(
      run.file("teacher", "metrics.jsonl"),
      `${JSON.stringify(step(0, 0))}\n{"kind":\n${JSON.stringify(step(0, 1))}\n`,
    );
    await expect(run.metrics("teacher")).rejects.toThrow(
      `${run.file("teacher", "metrics.jsonl")}, line 2 is no record`,
    );
  });
});

describe("results", () => {
  it("are undefined before the first, and grow", async () => {
    const run = await RunDirectory.create(join(folder, "run"), config, {});
    expect(await run.results()).toBeUndefined();
    await run.addResults({ pseudoLabelAccuracy: 0.5 });
    expect(await run.results()).toEqual({ evaluations: [], bestValidation: {}, pseudoLabelAccuracy: 0.5 });
    await run.addResults({ bestValidation: { teacher: { accuracy: 0.25, epoch: 3 } } });
    expect(await run.results()).toEqual({
      evaluations: [],
      bestValidation: { teacher: { accuracy: 0.25, epoch: 3 } },
      pseudoLabelAccuracy: 0.5,
    });
  });
});
