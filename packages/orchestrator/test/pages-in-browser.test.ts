import { writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { decodeRgb, readDataset, splitDataset, type RandAugmentOptions } from "@fledge/data";
import { faultsOf, hasBrowser, needsBrowser, openBrowser, openPage, type Browser } from "@fledge/testing/chromium";
import { logText } from "@fledge/training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Flips } from "../src/augment-preview/flips.ts";
import { operationRows } from "../src/augment-preview/magnitudes.ts";
import { rowPicture } from "../src/augment-preview/pictures.ts";
import { previewPage } from "../src/augment-preview/preview-page.ts";
import { presets } from "../src/config/presets.ts";
import { predictionsPage } from "../src/predict/write-predictions.ts";
import { keepAnswers } from "../src/run/answers-file.ts";
import { LiveFile } from "../src/run/live-file.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { openStudy, type OpenStudy } from "../src/study/open-study.ts";
import { followStudy } from "../src/watch/follow-study.ts";
import { addressOf, serve } from "../src/watch/server.ts";
import { drawBirds } from "./birds.ts";
import { run as fledge } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochRecord, resultsRecord } from "./records.ts";

const folder = await temporaryFolder();
const studied = join(folder, "studied");
const file = join(folder, "study.yaml");
const models = ["teacher", "student", "noisy-student"] as const;

const study = ([, labelled, , unlabelled]: readonly string[]): string => `
name: small
about: What do its pages look like?
preset: demo
seeds: [1, 2]
baseline: paper
path: [paper, dropout]
curve: { title: dropout, setting: network.dropout }
set: { data.labelled: ${labelled}, data.unlabelled: ${unlabelled} }
variants:
  paper: {}
  dropout: { network.dropout: 0.2 }
`;

/** A run of the study with all that its report shows. */
async function finishedRun({ nodes }: OpenStudy, id: string, labelled: string): Promise<RunDirectory> {
  const run = await RunDirectory.create(join(studied, id), nodes.find((node) => node.id === id)!.facts.config, {});
  const birds = readDataset(labelled);
  const { test } = splitDataset(birds, 42, { validation: 0.2, test: 0.5 });
  const answers = {
    classes: Int32Array.from(test.samples, ({ label }, index) => (index % 3 === 0 ? (label + 1) % 3 : label)),
    probabilities: Float32Array.from(test.samples, (_, index) => 0.4 + (index % 7) / 12),
  };
  for (const model of models) {
    await run.write(`${model}/metrics.jsonl`, logText([epochRecord(0), epochRecord(1, { keptShare: 0.5 })]));
    await keepAnswers(run, `${model}/answers-target.csv`, test, [answers]);
  }
  const labels = birds.samples.map(({ path, label }, index) => {
    return `${path},${birds.classes[index % 3]},${(0.3 + (index % 9) / 15).toFixed(4)},${birds.classes[label]}`;
  });
  await run.write("pseudo-labels.csv", `image,label,probability,own_label\n${labels.join("\n")}\n`);
  await run.addResults(resultsRecord);
  return run;
}

/** As `augment preview --run` writes it: every share of predictions that flip, from none to all. */
async function augmentPage(file: string): Promise<string> {
  const { order, ...options } = presets["demo"]!.randAugment as RandAugmentOptions & { order: "after-crop" };
  const rows = operationRows(options);
  const image = await decodeRgb(file);
  const pictures = new Map<string, Buffer>();
  for (const row of rows) pictures.set(row.name, await rowPicture([image], row, options, order, 1));
  const flips: Flips = {
    images: 30,
    byOperation: new Map(rows.map(({ name, magnitudes }) => [name, magnitudes.map((_, at) => at)])),
    byCrop: 2,
  };
  return previewPage({ options, rows, pictures, flips, teacher: "The teacher of <runs/demo>." });
}

describe.runIf(hasBrowser)(needsBrowser("the pages of runs and studies"), { timeout: 600_000 }, () => {
  let browser: Browser;
  let server: Server;
  let addresses: Record<string, string>;

  beforeAll(async () => {
    const birds = await drawBirds(join(folder, "birds"), 0.5);
    await writeFile(file, study(birds));
    const open = await openStudy(file, { study: studied });
    const ids = ["runs/paper-1", "runs/paper-2", "runs/dropout-1"];
    const runs: RunDirectory[] = [];
    for (const id of ids) runs.push(await finishedRun(open, id, birds[1]!));
    const [first, second, third] = runs.map(({ path }) => path) as [string, string, string];
    for (const run of runs.slice(0, 2)) run.release();
    // The last is under way.
    const live = new LiveFile(runs[2]!, (problem) => expect.fail(problem));
    live.training("noisy-student", 40, 2);
    const about = { learningRate: 0.02, steps: 40, dataWaitSeconds: 0.1, stepsDone: 1 };
    live.step({ kind: "step", epoch: 2, step: 3, loss: 1.25, accuracy: 0.5 }, 16, about);
    live.note("something else that was said");

    const page = (name: string): string => pathToFileURL(join(folder, name)).href;
    const shown = readDataset(birds[1]!);
    const predicted = {
      model: "runs/paper-1",
      classes: ["jay", "crow", "wren"],
      images: shown.samples.slice(0, 4).map(({ path }, label) => ({
        file: join(shown.root, path),
        top: [
          { label: label % 3, probability: 0.75 },
          { label: (label + 1) % 3, probability: 0.2 },
        ],
      })),
      setAside: [{ path: "notes.txt", reason: "notes.txt is no image" }],
    };
    await writeFile(join(folder, "predicted.html"), await predictionsPage(predicted));
    await writeFile(join(folder, "augmented.html"), await augmentPage(join(shown.root, shown.samples[0]!.path)));
    for (const command of [
      ["report", "--run", first],
      ["study", "report", file, "--study", studied],
      ["compare", first, second, third, "--html", join(folder, "compared.html")],
      ["dataset", "overlap", birds[1]!, birds[3]!, "--page", join(folder, "overlap.html")],
    ]) {
      const { code, output } = await fledge(...command);
      if (code !== 0) throw new Error(output);
    }
    server = await serve(followStudy(open), 0);
    addresses = {
      "a study that is watched": addressOf(server),
      "a run that is watched": `${addressOf(server)}?node=runs%2Fdropout-1`,
      "a run that has not begun": `${addressOf(server)}?node=runs%2Fdropout-2`,
      report: page("studied/runs/paper-1/report/index.html"),
      "a study's report": page("studied/report/index.html"),
      comparison: page("compared.html"),
      predictions: page("predicted.html"),
      "repeated images": page("overlap.html"),
      "operations of RandAugment": page("augmented.html"),
    };
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it.each([
    ["light", 390],
    ["dark", 1280],
  ] as const)(
    "have no fault that axe finds, scroll nowhere sideways and ask for nothing from elsewhere, in %s at %i pixels",
    async (colorScheme, width) => {
      for (const [name, address] of Object.entries(addresses)) {
        const { page, problems } = await openPage(browser, address.split("?")[0]!);
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 800 });
        await page.goto(address);
        expect([...(await faultsOf(page)), ...problems].map((fault) => `${name}: ${fault}`)).toEqual([]);
        await page.close();
      }
    },
  );

  it("follow: what changes is there without loading anew, and what is gone goes", async () => {
    const { page } = await openPage(browser, addressOf(server));
    await page.goto(addresses["a run that is watched"]!);
    expect(await page.locator("dd").first().textContent()).toBe("1.250");
    const live = join(studied, "runs/dropout-1/live.jsonl");
    await writeFile(
      live,
      '{"at":"2026-11-27T02:00:00Z","kind":"training","model":"student","epochs":4,"epochsDone":1}\n',
    );
    await page.getByText("Student, epoch 2 of 4").waitFor();
    await page.evaluate(
      `document.querySelector("main").append(Object.assign(document.createElement("section"), { id: "old" }))`,
    );
    // Who has come to a link with the keyboard stays there, though the part that it stands in is drawn anew.
    const back = page.getByRole("link", { name: "Study: small" });
    await back.focus();
    await writeFile(
      live,
      '{"at":"2026-11-27T02:00:00Z","kind":"training","model":"student","epochs":4,"epochsDone":2}\n',
    );
    await page.getByText("Student, epoch 3 of 4").waitFor();
    expect(await page.locator("#old").count()).toBe(0);
    expect(await page.evaluate(`document.activeElement.getAttribute("href") === "/"`)).toBe(true);
    await page.close();
  });
});
