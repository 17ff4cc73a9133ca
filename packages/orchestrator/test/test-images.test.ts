import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { splitDataset, readDataset } from "@fledge/data";
import { beforeAll, describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { galleriesOf, summaryOf } from "../src/report/test-images/answers.ts";
import { testImagesSection } from "../src/report/test-images/section.ts";
import { thumbnailsOf } from "../src/report/test-images/thumbnails.ts";
import { writeReport } from "../src/report/write-report.ts";
import { answersFile, answersOf, keepAnswers, type Answer } from "../src/run/answers-file.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds } from "./birds.ts";
import { temporaryFolder } from "./folder.ts";
import { evaluationRecord, resultsRecord } from "./records.ts";

const answer = (image: string, own: string, predicted: string, confidence: number, evaluation = 0): Answer => ({
  image,
  own,
  predicted,
  confidence,
  evaluation,
});

const answers = [
  answer("1", "jay", "jay", 0.9),
  answer("2", "jay", "crow", 0.8),
  answer("3", "crow", "jay", 0.4),
  answer("4", "crow", "crow", 0.7),
  answer("1", "jay", "jay", 0.6, 1),
  answer("2", "jay", "crow", 0.3, 1),
  answer("3", "crow", "crow", 0.5, 1),
  answer("4", "crow", "crow", 0.99, 1),
];

describe("what answers come to", () => {
  it("is the matrix over all evaluations, and the right ones of the first", () => {
    const summary = summaryOf(answers);
    expect(summary.classes).toEqual(["crow", "jay"]);
    expect([...summary.matrix]).toEqual([3, 1, 2, 2]);
    expect([...summary.perClassAccuracy]).toEqual([0.75, 0.5]);
    expect([summary.evaluations, summary.images, summary.right]).toEqual([2, 4, 2]);
  });

  it("is the pairs, the most frequent first, with each image once", () => {
    expect(summaryOf(answers).pairs).toEqual([
      { own: "jay", taken: "crow", times: 2, images: ["2"] },
      { own: "crow", taken: "jay", times: 1, images: ["3"] },
    ]);
  });

  it("is galleries of the first evaluation, by confidence", () => {
    const { right, wrong, uncertain } = galleriesOf(answers, 2);
    const images = (all: readonly Answer[]): string[] => all.map(({ image }) => image);
    expect([right, wrong, uncertain].map(images)).toEqual([
      ["1", "4"],
      ["2", "3"],
      ["3", "4"],
    ]);
  });
});

it("escapes names of classes and images", async () => {
  const hostile = '<script>"x"';
  const section = await testImagesSection(
    [{ model: "teacher", answers: [answer(hostile, hostile, "crow", 0.5), answer("2", "crow", "crow", 1)] }],
    thumbnailsOf(null),
  );
  expect(section.html).not.toContain("<script");
  expect(section.html).toContain("&lt;script&gt;&quot;x&quot;");
});

describe("in a report", () => {
  let run: RunDirectory;

  beforeAll(async () => {
    const folder = await temporaryFolder();
    const [, labelled, , unlabelled] = await drawBirds(join(folder, "birds"));
    const demo = presets["demo"]!;
    const config = { ...demo, data: { ...demo.data, labelled: labelled!, unlabelled: unlabelled! } };
    run = await RunDirectory.create(join(folder, "run"), config, {});
    const dataset = readDataset(labelled!);
    const { test } = splitDataset(dataset, 1, { validation: 0.1, test: 0.2 });
    const classes = Int32Array.from(test.samples, ({ label }, index) => (index % 3 === 0 ? (label + 1) % 3 : label));
    const probabilities = Float32Array.from(test.samples, (_, index) => 1 / (index + 2));
    await keepAnswers(run, answersFile("teacher", "target"), test, [{ classes, probabilities }]);
    await run.addResults({
      ...resultsRecord,
      evaluations: [evaluationRecord("teacher", "target", 0.6), evaluationRecord("student", "target", 0.6)],
    });
  });

  it("are what was kept of each image", async () => {
    const kept = await answersOf(run, answersFile("teacher", "target"));
    const summary = summaryOf(kept!);
    expect(summary.images).toBeGreaterThan(6);
    expect(summary.right).toBe(summary.images - Math.ceil(summary.images / 3));
    expect(kept![1]!.confidence).toBeCloseTo(1 / 3, 4);
  });

  it("stand with small pictures inside, and a word on a model of an earlier version", async () => {
    const page = await readFile(await writeReport(run), "utf8");
    expect(page).toContain("What the models say of the test images");
    expect(page).toMatch(/<img alt="[^"]+" src="data:image\/jpeg;base64,/);
    expect(page).toMatch(/Student: evaluated by an earlier version/);
    expect(page.split("taken for").length).toBeGreaterThan(4);
    expect(await readFile(run.file("report", "confusion-teacher.csv"), "utf8")).toMatch(/^own_class,taken_for,times\n/);
    expect(await readFile(run.file("report", "classes.csv"), "utf8")).toMatch(/^class,images,teacher\n/);
  });

  it("are left out where their file is damaged, and the page says which line", async () => {
    await writeFile(run.file(answersFile("teacher", "target")), "image,own_label\nx,y,z\n");
    const page = await readFile(await writeReport(run), "utf8");
    expect(page).toMatch(/answers-target\.csv, line 2 is no row of it/);
  });
});
