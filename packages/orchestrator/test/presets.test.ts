import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf, resultsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const scaledDown = [...small, "--epochs", "2,2,1", "--set", "network.weights=null"];
let birds: string[];

beforeAll(async () => {
  birds = await drawBirds(join(folder, "birds"));
});

describe.each(["paper-text", "paper-code"])("the %s preset, scaled down by flags", (preset) => {
  it("runs from end to end on drawn birds", async () => {
    const to = join(folder, preset);
    const { code, output } = await run("reproduce", "--preset", preset, ...birds, ...scaledDown, "--run", to);
    expect(output).toContain("the report is ");
    expect(code).toBe(0);
    const { evaluations } = await resultsOf(to);
    expect(evaluations).toHaveLength(6);
    expect(await epochsOf(to, "labelling-teacher")).toHaveLength(2);
  });
});

it("the clean preset leaves out the unlabelled images that show a test image, and evaluates on centre crops", async () => {
  const to = join(folder, "clean");
  const overlapping = await drawBirds(join(folder, "overlapping"), 0.5);
  // What is left without the repeats would leave a last batch of one by eights.
  const batches = ["--batch-size", "6"];
  const { code, output } = await run(
    "reproduce",
    "--preset",
    "clean",
    ...overlapping,
    ...scaledDown,
    ...batches,
    "--run",
    to,
  );
  expect(code).toBe(0);
  const pairs = JSON.parse(await readFile(join(to, "overlap.json"), "utf8")) as { test: string; unlabelled: string }[];
  expect(pairs.length).toBeGreaterThan(0);
  expect(output).toContain(`${new Set(pairs.map(({ unlabelled }) => unlabelled)).size} unlabelled images left out`);
  const labels = await readFile(join(to, "pseudo-labels.csv"), "utf8");
  expect(pairs.filter(({ unlabelled }) => labels.includes(unlabelled))).toEqual([]);
  // Nothing about a centre crop is random, so one evaluation says all; RandAugment is.
  const { evaluations } = await resultsOf(to);
  const counts = (task: string) =>
    evaluations.filter((record) => record.task === task).map(({ accuracies }) => accuracies.length);
  expect(counts("target")).toEqual([1, 1, 1]);
  expect(counts("robustness")).toEqual([2, 2, 2]);
});
