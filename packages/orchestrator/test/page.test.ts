import { expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { resolveConfig, type Overrides } from "../src/config/resolve.ts";
import { learningCurveSvg } from "../src/report/learning-curve.ts";
import { reportPage, type PageContents } from "../src/report/page.ts";
import type { Environment } from "../src/run/environment.ts";
import { epochRecord, resultsRecord } from "./records.ts";

const environment: Environment = {
  startedAt: "2026-11-22T10:00:00.000Z",
  command: "fledge reproduce",
  commit: "0123456789abcdef",
  node: "v20.19.0",
  system: "Linux 6.1 x64",
  cpu: "A CPU",
  cores: 2,
  memoryGiB: 8,
  packages: { webgpu: "0.6.2", sharp: "0.35.0" },
  adapter: {
    name: "an adapter",
    vendor: "vendor",
    architecture: "arch",
    driver: "driver 1.2",
    software: true,
    subgroupSize: 8,
  },
};

const contents: PageContents = {
  config: presets["demo"]!,
  environment,
  results: resultsRecord,
  grid: Buffer.from([0x89, 0x50, 0x4e, 0x47]),
  robustness: "",
  curveSvg: learningCurveSvg([{ name: "Teacher", epochs: [epochRecord(0), epochRecord(1)] }]),
  labelCurve: null,
  trainingCurves: [],
  testImages: "",
  cost: "",
  pseudoLabels: null,
  unread: [],
  drawnData: { counts: { images2010: 640, images2011: 1280, overlapPairs: 128 } },
};

it("needs no other file: whatever it shows is inside", () => {
  const page = reportPage(contents);
  const references = [...page.matchAll(/\b(?:src|srcset|href|action|data|poster)\s*=\s*"([^"]*)"/g)].map(
    (match) => match[1]!,
  );
  expect(references).toHaveLength(1);
  expect(references[0]).toBe("data:image/png;base64,iVBORw==");
  expect(page).not.toMatch(/<script|<link|<iframe|@import|url\((?!#)/i);
});

it("shows both tables, both figures, the settings and where it ran", () => {
  const page = reportPage(contents);
  expect(page).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
  for (const text of [
    "Table 2",
    "Table 3",
    "Figure 2",
    "Figure 3",
    "<svg",
    "40.0 % ± 1.2",
    "64.0 %",
    "43.0 %",
    "72.1 %",
    "37.5 %",
  ])
    expect(page).toContain(text);
  for (const text of [
    "an adapter",
    "driver 1.2",
    "0123456789abcdef",
    "fledge reproduce",
    "webgpu 0.6.2",
    "&quot;batchSize&quot;",
  ])
    expect(page).toContain(text);
});

it("escapes what comes from outside", () => {
  const hostile = `<img src="x" onerror='y'> & more`;
  const page = reportPage({
    ...contents,
    config: { ...contents.config, preset: hostile, data: { ...contents.config.data, labelled: hostile } },
    environment: { ...environment, command: hostile, cpu: hostile },
  });
  expect(page).not.toContain('<img src="x"');
  expect(page).toContain("&lt;img src=&quot;x&quot; onerror='y'&gt; &amp; more");
});

it("says plainly that drawn data are drawn and small, and that other settings are not the paper's", () => {
  const paper = presets["paper-text"]!;
  const { drawnData: _drawnData, ...photographed } = contents;
  expect(reportPage(contents)).toMatch(
    /drawn, and few[^]*640 labelled images 128 are repeated[^]*claim nothing about the paper's/,
  );
  expect(reportPage(photographed)).toMatch(
    /differs from the paper's text in its settings[^]*claim nothing about the paper's/,
  );
  expect(reportPage({ ...photographed, config: paper })).not.toMatch(/claim nothing/);
});

it("lists every setting in which the run differs from paper-text, and no other", () => {
  const config = resolveConfig("paper-code", [
    {
      data: { labelled: "elsewhere" },
      network: { weights: "elsewhere/resnet50-0676ba61.pth" },
      loader: { workers: 0 },
    },
  ]);
  const rows = [
    ...reportPage({ ...contents, config }).matchAll(
      /<tr><td>([a-zA-Z.]+)<\/td><td>([^<]*)<\/td><td>([^<]*)<\/td><\/tr>/g,
    ),
  ].map(([, ...cells]) => cells);
  expect(rows).toEqual([
    ["teacherTraining.batchSize", "16", "null"],
    ["teacherTraining.stepSize", "20", "null"],
    ["pseudoLabels.splitSeed", "7", "42"],
    ["pseudoLabels.stepSize", "30", "null"],
    ["pseudoLabels.view", "&quot;student&quot;", "&quot;clean&quot;"],
    ["pseudoLabels.teacherMode", "&quot;train&quot;", "&quot;eval&quot;"],
    ["pseudoLabels.heldOut", "0.3", "0"],
    ["pseudoLabels.heldOutSeed", "7", "42"],
  ]);
  expect(reportPage({ ...contents, config: presets["paper-text"]! })).toContain("All are those of paper-text");
});

it.each<[string, Overrides, RegExp, RegExp]>([
  [
    "the text's settings",
    {},
    /RandAugment, then a random crop[^]*On labelled validation images/,
    /held-out|In training it labelled/,
  ],
  [
    "held-out images",
    { pseudoLabels: { heldOut: 0.3 } },
    /before it they are validated on held-out unlabelled images against the teacher's labels/,
    /On labelled/,
  ],
  ["no pseudo-labels", { epochs: { pseudoLabelled: 0 } }, /On labelled validation images/, /dashed line/],
  [
    "RandAugment after the crop",
    { randAugment: { order: "after-crop" } },
    /a random crop, then jizongfox's RandAugment/,
    /RandAugment, then/,
  ],
  [
    "labels from the reported teacher",
    { pseudoLabels: { from: "teacher" } },
    /<p>The teacher gives 37.5 %/,
    /split of its own/,
  ],
  [
    "a labelling teacher left in train mode",
    { pseudoLabels: { teacherMode: "train" } },
    /The labelling teacher[^]*In training it labelled with BatchNorm on each batch/,
    /random crops/,
  ],
  [
    "labels of the student's view",
    { pseudoLabels: { view: "student" } },
    /In training it labelled on the student's random crops/,
    /BatchNorm/,
  ],
])("says in its captions what happened with %s", (_name, overrides, says, doesNot) => {
  const page = reportPage({ ...contents, config: resolveConfig("paper-text", [overrides]) });
  expect(page).toMatch(says);
  expect(page).not.toMatch(doesNot);
});

it("counts a single evaluation as one, without a deviation", () => {
  const once = {
    ...resultsRecord,
    evaluations: resultsRecord.evaluations.map((record) => ({ ...record, accuracies: [record.mean], deviation: 0 })),
  };
  const page = reportPage({ ...contents, results: once });
  expect(page).toContain("Test: one evaluation of 128 images.");
  expect(page).not.toContain("±");
  expect(reportPage(contents)).toContain("Test: mean ± standard deviation of 2 seeded evaluations of 128 images.");
});

it("names every command that went on with the run, and where", () => {
  const resume = {
    ...environment,
    startedAt: "2026-11-23T08:00:00.000Z",
    command: "fledge reproduce --resume",
    adapter: { ...environment.adapter, name: "another adapter" },
  };
  const page = reportPage({ ...contents, environment: { ...environment, resumes: [resume] } });
  expect(page).toMatch(
    /went on with<\/dt><dd>fledge reproduce --resume \(2026-11-23T08:00:00.000Z, commit 0123456789abcdef, another adapter\)/,
  );
  expect(reportPage(contents)).not.toContain("went on with");
});

it("says where the student's best validation accuracy is against the teacher's labels", () => {
  const at = (epoch: number, heldOut: number): string => {
    const bestValidation = { ...resultsRecord.bestValidation, student: { accuracy: 0.6, epoch } };
    const config = resolveConfig("paper-text", [{ pseudoLabels: { heldOut } }]);
    return reportPage({ ...contents, config, results: { ...resultsRecord, bestValidation } });
  };
  const note =
    "The student's validation accuracy was reached in epoch 50, on held-out unlabelled images against the teacher's labels.";
  expect(at(49, 0.3).split(note)).toHaveLength(2);
  for (const page of [at(49, 0), at(50, 0.3)]) expect(page).not.toContain("validation accuracy was reached");
});

it("says of a joint run that both sets are learned from in every step, and which images are noised", () => {
  const student = { ...presets["demo"]!.student, objective: "joint", noiseOnUnlabelled: true } as const;
  const page = reportPage({ ...contents, config: { ...presets["demo"]!, student }, pseudoLabels: "<h2>Labels</h2>" });
  expect(page).toContain("The students learn from both sets in every step.");
  expect(page).not.toContain("The dashed line");
  expect(page).toContain("meets RandAugment on the labelled and the unlabelled images");
  expect(page).toContain("<h2>Labels</h2>");
  expect(reportPage(contents)).toContain("meets RandAugment on the labelled images");
});
