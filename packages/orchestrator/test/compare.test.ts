import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { logText } from "@fledge/training";
import { wilsonInterval } from "@fledge/statistics";
import { beforeAll, describe, expect, it } from "vitest";
import { resolveConfig, type Overrides } from "../src/config/resolve.ts";
import { sparkline } from "../src/compare/comparison-text.ts";
import type { EvaluationRecord } from "../src/run/records.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { run as fledge } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochRecord } from "./records.ts";

const folder = await temporaryFolder();
const [one, other, third] = ["one", "other", "third"].map((name) => join(folder, name)) as [string, string, string];

/** A run whose teacher has these test images right. */
async function runOf(path: string, overrides: Overrides, correct: string, images = "the same"): Promise<void> {
  const run = await RunDirectory.create(path, resolveConfig("demo", [overrides]), {});
  await run.write("teacher/metrics.jsonl", logText([epochRecord(0), epochRecord(1, { validationAccuracy: 0.5 })]));
  const mean = correct.split("").filter((bit) => bit === "1").length / correct.length;
  const record: EvaluationRecord = {
    model: "teacher",
    task: "target",
    images: correct.length,
    accuracies: [mean],
    mean,
    deviation: 0,
    correct: [correct],
    imagesSha256: images,
  };
  await run.addResults({ evaluations: [record] });
}

beforeAll(async () => {
  await runOf(one, {}, "1100000000");
  await runOf(other, { seed: 7, training: { learningRate: 0.5 } }, "1111111110");
  await runOf(third, { seed: 8 }, "1111111110", "others");
});

describe("fledge compare", () => {
  it("shows the settings that differ and no other, accuracies with intervals, and McNemar's test", async () => {
    const { code, output } = await fledge("compare", one, other);
    expect(code).toBe(0);
    expect(output).toMatch(/seed +\d+ +7\n/);
    expect(output).toMatch(/training\.learningRate +\S+ +0\.5\n/);
    expect(output).not.toContain("training.momentum");
    expect(output).toContain("20.0 % (5.7 to 51.0 %)");
    // Seven images that the other alone has right, none that the first alone has: 2 / 2^7.
    expect(output).toMatch(/Teacher +target .* 10 +7 +0 +0\.016 +0\.016/);
    expect(output).toContain("Validation accuracy by epoch, Teacher");
  });

  it("gives JSON with the numbers, and nothing else on stdout", async () => {
    const { output } = await fledge("compare", one, other, "--json");
    const found = JSON.parse(output.slice(output.indexOf("{"))) as Record<string, never>;
    expect(found).toMatchObject({
      runs: [{ name: one, curves: { teacher: [{ epoch: 0 }, { epoch: 1 }] } }, { name: other }],
      images: { tests: [{ onlyOf: 7, onlyThan: 0, p: expect.closeTo(2 / 128, 12) as number }] },
    });
    const { interval } = found["tasks"][0]["rows"][0]["accuracies"][0];
    expect(interval).toEqual(wilsonInterval(2, 10));
  });

  it("says why runs on other images are not compared image by image", async () => {
    const { output } = await fledge("compare", one, third);
    expect(output).toMatch(/Not compared image by image: .*their test images are not the same/);
  });

  it("writes a page that needs no other file", async () => {
    const file = join(folder, "compared.html");
    const { code } = await fledge("compare", one, other, third, "--html", file);
    expect(code).toBe(0);
    const page = await readFile(file, "utf8");
    expect(page).toContain("<svg");
    expect(page).toContain("3 runs compared");
    // What all share of their folders' names is said once.
    for (const path of [one, other, third]) expect(page).toMatch(new RegExp(`<th[^>]*>${basename(path)}</th>`));
    expect(page).not.toMatch(/<script|<link|src=|url\((?!#)/i);
  });

  it.each([
    [[one], /name two runs or more/],
    [[one, `${one}/.`], /is named twice/],
    [[one, join(folder, "nowhere")], /nowhere holds no run/],
  ])("refuses %j", async (paths, reason) => {
    const file = join(folder, "never.html");
    const { code, output } = await fledge("compare", ...paths, "--html", file);
    expect(code).toBe(1);
    expect(output).toMatch(reason);
    expect(existsSync(file)).toBe(false);
  });

  it("leaves out what is damaged, and says so", async () => {
    const damaged = join(folder, "damaged");
    await runOf(damaged, {}, "1100000000");
    await writeFile(join(damaged, "results.json"), "{");
    const { code, output } = await fledge("compare", one, damaged);
    expect(code).toBe(0);
    expect(output).toMatch(/results\.json is no JSON/);
    expect(output).toContain("20.0 %");
  });
});

it("draws shares as blocks, and no number as a question", () => {
  expect(sparkline([0, 0.25, 0.5, NaN], 0.5)).toBe("▁▅█?");
  expect(
    sparkline(
      Array.from({ length: 500 }, () => 1),
      1,
    ),
  ).toHaveLength(48);
});
