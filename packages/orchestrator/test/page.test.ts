import { expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
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
  adapter: { name: "an adapter", vendor: "vendor", architecture: "arch", driver: "driver 1.2", software: true, subgroupSize: 8 },
};

const contents: PageContents = {
  config: presets["demo"]!,
  environment,
  results: resultsRecord,
  grid: Buffer.from([0x89, 0x50, 0x4e, 0x47]),
  curveSvg: learningCurveSvg([{ name: "Teacher", epochs: [epochRecord(0), epochRecord(1)] }]),
  drawnData: { counts: { images2010: 640, images2011: 1280, overlapPairs: 128 } },
};

it("needs no other file: whatever it shows is inside", () => {
  const page = reportPage(contents);
  const references = [...page.matchAll(/\b(?:src|srcset|href|action|data|poster)\s*=\s*"([^"]*)"/g)].map((match) => match[1]!);
  expect(references).toHaveLength(1);
  expect(references[0]).toBe("data:image/png;base64,iVBORw==");
  expect(page).not.toMatch(/<script|<link|<iframe|@import|url\((?!#)/i);
});

it("shows both tables, both figures, the settings and where it ran", () => {
  const page = reportPage(contents);
  expect(page).toMatch(/^<!doctype html>[^]*<\/html>\s*$/);
  for (const text of ["Table 2", "Table 3", "Figure 2", "Figure 3", "<svg", "40.0% ± 1.2", "64.0%", "43.0%", "72.1%", "37.5%"]) expect(page).toContain(text);
  for (const text of ["an adapter", "driver 1.2", "0123456789abcdef", "fledge reproduce", "webgpu 0.6.2", "&quot;batchSize&quot;"]) expect(page).toContain(text);
});

it("escapes what comes from outside", () => {
  const hostile = `<img src="x" onerror='y'> & more`;
  const page = reportPage({
    ...contents,
    config: { ...contents.config, preset: hostile, data: { ...contents.config.data, labelled: hostile } },
    environment: { ...environment, command: hostile, cpu: hostile },
  });
  expect(page).not.toContain("<img src=\"x\"");
  expect(page).toContain("&lt;img src=&quot;x&quot; onerror='y'&gt; &amp; more");
});

it("says plainly that drawn data are drawn and small, and that other settings are not the paper's", () => {
  const paper = presets["paper"]!;
  const { drawnData: _drawnData, ...photographed } = contents;
  expect(reportPage(contents)).toMatch(/drawn, and few[^]*640 labelled images 128 are repeated[^]*claim nothing about the paper's/);
  expect(reportPage(photographed)).toMatch(/differs from the paper[^]*claim nothing about the paper's/);
  expect(reportPage({ ...photographed, config: paper })).not.toMatch(/claim nothing/);
});
