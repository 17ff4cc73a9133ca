import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf, resultsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const scaledDown = [...small, "--epochs", "2,2,1", "--set", "network.weights=null", "--set", "teacherTraining.batchSize=8"];
let birds: string[];

beforeAll(async () => {
  birds = await drawBirds(join(folder, "birds"));
});

describe.each(["paper-text", "paper-code"])("the %s preset, scaled down by flags", (preset) => {
  it("runs from end to end on drawn birds", async () => {
    const to = join(folder, preset);
    const settings = preset === "paper-text" ? scaledDown.slice(0, -2) : scaledDown;
    const { code, output } = await run("reproduce", "--preset", preset, ...birds, ...settings, "--run", to);
    expect(output).toContain("the report is ");
    expect(code).toBe(0);
    const { evaluations } = await resultsOf(to);
    expect(evaluations).toHaveLength(6);
    expect(await epochsOf(to, "labelling-teacher")).toHaveLength(2);
  });
});

it("pseudoLabels.heldOut: that phase trains on the rest and validates against the teacher's labels", async () => {
  const [code, text] = [join(folder, "paper-code"), join(folder, "paper-text")];
  const [student] = await epochsOf(code, "student");
  // 36 unlabelled images, 30 % of them held out.
  expect(student!.images).toBe(26);
  expect((await epochsOf(text, "student"))[0]!.images).toBe(36);
  // Ten held-out images: validation accuracy comes in tenths; of the four labelled ones it would come in quarters.
  const tenths = (student!.validationAccuracy * 10) % 1;
  expect(Math.min(tenths, 1 - tenths)).toBeLessThan(1e-9);
});

it("teacherTraining: the teachers have their own batch size and step", async () => {
  const to = join(folder, "paper-code-steps");
  const flags = ["--set", "teacherTraining.stepSize=1"];
  await run("train", "teacher", "--preset", "paper-code", ...birds, ...scaledDown, ...flags, "--run", to);
  const rates = (await epochsOf(to, "teacher")).map(({ learningRate }) => learningRate);
  expect(rates[1]! / rates[0]!).toBeCloseTo(0.1, 6);
});

it("the clean preset leaves out the unlabelled images that show a test image, and evaluates on centre crops", async () => {
  const to = join(folder, "clean");
  const overlapping = await drawBirds(join(folder, "overlapping"), 0.5);
  const { code, output } = await run("reproduce", "--preset", "clean", ...overlapping, ...scaledDown.slice(0, -2), "--run", to);
  expect(code).toBe(0);
  const pairs = JSON.parse(await readFile(join(to, "overlap.json"), "utf8")) as { test: string; unlabelled: string }[];
  expect(pairs.length).toBeGreaterThan(0);
  expect(output).toContain(`${new Set(pairs.map(({ unlabelled }) => unlabelled)).size} unlabelled images left out`);
  const labels = await readFile(join(to, "pseudo-labels.csv"), "utf8");
  expect(pairs.filter(({ unlabelled }) => labels.includes(unlabelled))).toEqual([]);
  // Without randomness in the views every evaluation gives the same.
  const { evaluations } = await resultsOf(to);
  expect(evaluations.filter(({ task }) => task === "target").map(({ deviation }) => deviation)).toEqual([0, 0, 0]);
});
