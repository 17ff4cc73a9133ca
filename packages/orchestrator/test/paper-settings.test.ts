import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochsOf, resultsOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const paper = ["--preset", "paper-text", ...birds, ...small, "--set", "network.weights=null"];

it("labels with a teacher of its own, trained on 70 % and validated on 30 %, and reports the other", async () => {
  const runFolder = join(folder, "own-split");
  const { code, output } = await run("reproduce", ...paper, "--epochs", "2,1,1", "--run", runFolder);
  expect(code, output).toBe(0);
  expect((await epochsOf(runFolder, "teacher")).map(({ images }) => images)).toEqual([35, 35]);
  expect((await epochsOf(runFolder, "labelling-teacher")).map(({ images }) => images)).toEqual([34, 34]);
  const rows = (await readFile(join(runFolder, "pseudo-labels.csv"), "utf8"))
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));
  const agreeing = rows.filter(([, label, , own]) => label === own).length / 36;
  expect((await epochsOf(runFolder, "student"))[0]!.pseudoLabelAccuracy).toBe(agreeing);
  const { evaluations, bestValidation } = await resultsOf(runFolder);
  expect(new Set(evaluations.map(({ model }) => model))).toEqual(new Set(["teacher", "student", "noisy-student"]));
  expect(Object.keys(bestValidation).sort()).toEqual(["labelling-teacher", "noisy-student", "student", "teacher"]);
});

it("goes without pseudo-labels, with RandAugment after the crop, and evaluates on centre crops where it is told to", async () => {
  const runFolder = join(folder, "other");
  const other = [
    "--set",
    "pseudoLabels.from=teacher",
    "--set",
    "randAugment.order=after-crop",
    "--set",
    "views.evaluation=center",
  ];
  const { code, output } = await run("reproduce", ...paper, ...other, "--epochs", "1,0,1", "--run", runFolder);
  expect(code, output).toBe(0);
  expect((await epochsOf(runFolder, "student")).map(({ phase }) => phase)).toEqual(["labelled"]);
  const target = (await resultsOf(runFolder)).evaluations.filter(({ task }) => task === "target");
  for (const { deviation } of target) expect(deviation).toBe(0); // Nothing about a centre crop is random.
  expect(await readFile(join(runFolder, "report", "figure-3.svg"), "utf8")).not.toContain("true labels from here");
});
