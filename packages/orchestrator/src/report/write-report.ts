import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DataError, readDataset, type Dataset } from "@fledge/data";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { reportedModels } from "../methods/models-of.ts";
import { readRobustness } from "../robustness/records.ts";
import { setBrokenAside } from "../run/broken-images.ts";
import { answersFile, answersOf } from "../run/answers-file.ts";
import { readCost } from "../run/cost-file.ts";
import { environmentOf } from "../run/environment.ts";
import { knownLabelled } from "../stages/known-classes.ts";
import { extensionOf, extensionText } from "../run/extension.ts";
import { readPins, withPinnedPlaces } from "../run/pins.ts";
import type { ModelName, ResultsRecord } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { augmentedGridPng } from "./augmented-grid.ts";
import { labelCurveSvg } from "./label-curve.ts";
import { costSection, type ModelCurve } from "./cost-section.ts";
import { learningCurveSvg } from "./learning-curve.ts";
import { drawnDataSchema, reportPage, type DrawnData } from "./page.ts";
import { otherEvaluations } from "../run/other-evaluations.ts";
import { otherEvaluationsHtml } from "./other-evaluations.ts";
import { pseudoLabelSection } from "./pseudo-label-section.ts";
import { robustnessSection, type RobustnessSection } from "./robustness/section.ts";
import { tablesMarkdown, tablesOf, titleOf } from "./tables.ts";
import { testImagesSection, type ModelAnswers, type TestImagesSection } from "./test-images/section.ts";
import { thumbnailsOf } from "./test-images/thumbnails.ts";
import { trainingCurves } from "./training-curves.ts";
import { shellWord } from "../cli/shell-words.mjs";

/** A file's text; undefined where there is none. @throws UsageError where it may not be read */
function textIfThere(file: string): Promise<string | undefined> {
  return readFile(file, "utf8").catch(({ code, message }: NodeJS.ErrnoException) => {
    if (["ENOENT", "ENOTDIR", "EISDIR"].includes(code ?? "")) return undefined;
    throw new UsageError(`${file} cannot be read (${message})`);
  });
}

/** The demo data set has a manifest beside its two folders; another's manifest.json says nothing to us. */
async function drawnData(labelledFolder: string): Promise<{ drawnData?: DrawnData }> {
  const text = await textIfThere(join(dirname(labelledFolder), "manifest.json"));
  if (text === undefined) return {};
  try {
    return { drawnData: drawnDataSchema.parse(JSON.parse(text)) };
  } catch {
    return {};
  }
}

/** There is nothing to report on yet. */
class NoResultsError extends UsageError {}

const isDamage = (error: unknown): error is Error => error instanceof UsageError || error instanceof DataError;

/** @throws UsageError where the run has none yet, or their file is damaged */
async function resultsOf(run: RunDirectory, measured: boolean): Promise<ResultsRecord> {
  const results = await run.results();
  if (results?.evaluations.length) return results;
  if (measured) return results ?? { evaluations: [], bestValidation: {} };
  throw new NoResultsError(
    `${run.path} has no results yet: "npx fledge reproduce --run ${shellWord(run.path)} --resume" goes on with it`,
  );
}

/** The run's configuration, with its images where they lie now. */
async function placedConfig(run: RunDirectory): Promise<Config> {
  const pins = await readPins(run);
  return pins ? withPinnedPlaces(run.config, pins) : run.config;
}

async function gridOf(run: RunDirectory, labelled: Dataset): Promise<Buffer> {
  const { dataset } = await setBrokenAside(run, "labelled", labelled);
  return augmentedGridPng(run.config, knownLabelled(run.config, dataset));
}

async function curveOf(run: RunDirectory, model: ModelName, unread: string[]): Promise<ModelCurve> {
  const { records, torn } = await run.log(model);
  if (torn) unread.push(`${run.file(model, "metrics.jsonl")}: an interruption cut the last line short; it is left out`);
  return { model, name: titleOf(model), epochs: records.filter((record) => record.kind === "epoch") };
}

/** A picture of the run as an address that holds it; null where it is not there. */
async function pictureOf(run: RunDirectory, file: string): Promise<string | null> {
  const bytes = await readFile(run.file(file)).catch(() => null);
  return bytes && `data:image/png;base64,${bytes.toString("base64")}`;
}

/** What a part that cannot be read is told of, and what stands in for it. */
type Readable = <T, Instead>(read: Promise<T>, instead: Instead) => Promise<T | Instead>;

/**
 * What the run's models say of the test images, with small pictures of those where they still lie there.
 * @param root below which folder the labelled images' paths lie; null where they cannot be read
 */
async function testImagesOf(
  run: RunDirectory,
  results: ResultsRecord,
  readable: Readable,
  root: string | null,
): Promise<TestImagesSection> {
  const evaluated = reportedModels(run.config).filter((model) =>
    results.evaluations.some((one) => one.model === model && one.task === "target"),
  );
  const models: ModelAnswers[] = [];
  for (const model of evaluated) {
    // What is damaged is told of by itself, not as of an earlier version.
    const answers = await readable(answersOf(run, answersFile(model, "target")), null);
    if (answers !== null) models.push({ model, answers });
  }
  return testImagesSection(models, thumbnailsOf(root));
}

const noSection: RobustnessSection = { html: "", files: new Map() };

/**
 * Writes `report/` of a run with results: index.html (self-contained), tables.md, tables.json, figure-2.png,
 * figure-3.svg, loss and accuracy of each model as SVG; where models were evaluated confusion-<model>.{svg,csv} and
 * classes.csv; where labels were made pseudo-label-confidences.{svg,csv} and pseudo-labels-by-class.csv, and where a
 * threshold left some out pseudo-labels-by-epoch.svg; where robustness was measured table-4.md with its curves and CSV
 * files. What cannot be read of the run is left out, and the page says so.
 * @param tell is told of each thing that is left out, and why
 * @returns the page's path
 * @throws UsageError where the run has no results yet
 */
export async function writeReport(run: RunDirectory, tell: (problem: string) => void = () => {}): Promise<string> {
  const unread: string[] = [];
  const readable: Readable = async (read, instead) => {
    try {
      return await read;
    } catch (error) {
      if (!isDamage(error) || error instanceof NoResultsError) throw error;
      unread.push(error.message);
      return instead;
    }
  };
  const robustness = await readable(readRobustness(run), undefined);
  const results = await readable(resultsOf(run, robustness !== undefined), { evaluations: [], bestValidation: {} });
  const environment = await readable(environmentOf(run), null);
  const { data } = await placedConfig(run);
  const labelled = await readable(
    Promise.resolve().then(() => readDataset(data.labelled)),
    null,
  );
  const grid = labelled && (await readable(gridOf(run, labelled), null));
  const curves: ModelCurve[] = [];
  const models = reportedModels(run.config);
  for (const model of models) {
    const curve = await readable(curveOf(run, model, unread), null);
    if (curve && curve.epochs.length > 0) curves.push(curve);
  }
  const curveSvg = learningCurveSvg(curves);
  const labelCurve = labelCurveSvg(curves);
  const labels = await readable(pseudoLabelSection(run), null);
  const drawn = await readable(drawnData(data.labelled), {});
  const pseudoLabels = labels?.html ?? null;
  const testImages = await testImagesOf(run, results, readable, labelled?.root ?? null);
  const cost = costSection(curves, await readable(readCost(run), undefined));
  const trained = curves.map((curve) => ({ curve, ...trainingCurves(curve) }));
  const section = robustness
    ? await robustnessSection(run.config, robustness, (file) => pictureOf(run, file))
    : noSection;
  const contents = { config: run.config, environment, results, grid, curveSvg, labelCurve, pseudoLabels, unread };
  const more = {
    trainingCurves: trained.flatMap(({ loss, accuracy }) => [loss, accuracy]),
    testImages: testImages.html,
    cost,
  };
  const others = await readable(otherEvaluations(run).then(otherEvaluationsHtml), "");
  const extension = await readable(extensionOf(run), undefined);
  const extended = extension && extensionText(extension, run.config);
  const page = reportPage({ ...contents, ...more, robustness: section.html + others, extended, ...drawn });
  for (const [name, text] of Object.entries(testImages.files)) await run.write(`report/${name}`, text);
  for (const { curve, loss, accuracy } of trained) {
    await run.write(`report/loss-${curve.model}.svg`, loss);
    await run.write(`report/accuracy-${curve.model}.svg`, accuracy);
  }
  for (const [name, text] of section.files) await run.write(`report/${name}`, text);
  if (grid) await run.write("report/figure-2.png", grid);
  await run.write("report/figure-3.svg", curveSvg);
  if (labelCurve) await run.write("report/pseudo-labels-by-epoch.svg", labelCurve);
  await run.write("report/tables.md", tablesMarkdown(results, models));
  await run.writeJson("report/tables.json", tablesOf(results, models));
  for (const [name, contents] of Object.entries(labels?.files ?? {})) await run.write(`report/${name}`, contents);
  await run.write("report/index.html", page);
  for (const problem of unread) tell(`the report lacks a part: ${problem}`);
  return run.file("report", "index.html");
}
