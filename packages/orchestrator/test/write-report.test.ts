import { appendFile, cp, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readDataset, splitDataset } from "@fledge/data";
import { describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { writeReport } from "../src/report/write-report.ts";
import { logText } from "@fledge/training";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds } from "./birds.ts";
import { temporaryFolder } from "./folder.ts";
import { epochRecord, resultsRecord } from "./records.ts";

const folder = await temporaryFolder();
const [, labelled, , unlabelled] = await drawBirds(join(folder, "birds"));
const demo = presets["demo"]!;
const adapter = {
  name: "an adapter",
  vendor: "",
  architecture: "",
  driver: "a driver",
  software: true,
  subgroupSize: 8,
};

/** A run on these labelled images that has come to its end. */
async function finishedRun(name: string, images: string): Promise<RunDirectory> {
  const config = { ...demo, data: { ...demo.data, labelled: images, unlabelled: unlabelled! } };
  const run = await RunDirectory.create(join(folder, name), config, {
    adapter,
    packages: {},
    cpu: "",
    cores: 2,
    memoryGiB: 8,
    system: "",
    node: "",
    commit: "",
    startedAt: "",
    command: "",
  });
  await run.write("teacher/metrics.jsonl", logText([epochRecord(0), epochRecord(1)]));
  await run.addResults(resultsRecord);
  return run;
}

describe("on drawn birds", () => {
  it("says how many are in both sets", async () => {
    const page = await readFile(await writeReport(await finishedRun("drawn", labelled!)), "utf8");
    expect(page).toMatch(/drawn, and few[^]*Of the 48 labelled images 0 are repeated among the 36/);
  });

  it("leaves out of figure 2 the images that the run set aside", async () => {
    const damaged = join(folder, "damaged");
    await cp(join(folder, "birds"), damaged, { recursive: true });
    const dataset = readDataset(join(damaged, "CUB_200_2010"));
    const { train } = splitDataset(dataset, demo.split.seed, {
      validation: demo.split.validation,
      test: demo.split.test,
    });
    await truncate(join(train.root, train.samples[0]!.path), 100);
    const run = await finishedRun("with-damage", join(damaged, "CUB_200_2010"));
    await writeReport(run);
    expect((await readFile(run.file("report", "figure-2.png"))).subarray(1, 4).toString()).toBe("PNG");
  });
});

it.each(['{"name": "an app"}', "no JSON"])("takes %s beside the images for nobody's word on them", async (manifest) => {
  const photographs = join(folder, `photographs-${manifest.length}`);
  await mkdir(photographs);
  await cp(labelled!, join(photographs, "CUB_200_2010"), { recursive: true });
  await writeFile(join(photographs, "manifest.json"), manifest);
  const page = await readFile(
    await writeReport(await finishedRun(`real-${manifest.length}`, join(photographs, "CUB_200_2010"))),
    "utf8",
  );
  expect(page).not.toContain("drawn, and few");
  expect(page).toContain("This run differs from the paper's text in its settings");
});

it("wants results", async () => {
  const run = await RunDirectory.create(join(folder, "begun"), demo, {});
  await expect(writeReport(run)).rejects.toThrow("begun has no results yet");
});

it("leaves out what it cannot read, says so on the page and to the caller, and writes the rest", async () => {
  const run = await finishedRun("torn", labelled!);
  await writeFile(run.file("results.json"), '{"evaluations": [{"model": 3}]}');
  await writeFile(run.file("environment.json"), "[1");
  await appendFile(run.file("teacher", "metrics.jsonl"), '{"kind":"ep');
  await mkdir(run.file("student"));
  await writeFile(run.file("student", "metrics.jsonl"), '{"kind":"epoch"}\n');
  const told: string[] = [];
  const page = await readFile(await writeReport(run, (problem) => told.push(problem)), "utf8");
  expect(page).toContain("What could not be read");
  for (const reason of [
    /results\.json is damaged: [^]*evaluations\[0\]\.model/,
    /environment\.json is no JSON/,
    /teacher.metrics\.jsonl: an interruption cut the last line short/,
    /student.metrics\.jsonl, line 1 is no record/,
  ]) {
    expect(page).toMatch(reason);
    expect(told.filter((problem) => reason.test(problem))).toHaveLength(1);
  }
  expect(page).toContain("<svg");
});

it("draws no figure 2 where the labelled images are gone, and says so", async () => {
  const run = await finishedRun("moved", join(folder, "nowhere"));
  const page = await readFile(await writeReport(run), "utf8");
  expect(page).toMatch(/What could not be read[^]*nowhere[^]*Not drawn: the labelled images could not be read/);
});
