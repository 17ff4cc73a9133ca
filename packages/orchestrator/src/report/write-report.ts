import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readDataset } from "@fledge/data";
import { setBrokenAside } from "../run/broken-images.ts";
import { environmentOf } from "../run/environment.ts";
import { readPins, withPinnedPlaces } from "../run/pins.ts";
import type { ModelName } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { augmentedGridPng } from "./augmented-grid.ts";
import { learningCurveSvg } from "./learning-curve.ts";
import { drawnDataSchema, reportPage, type DrawnData } from "./page.ts";
import { modelNames, tablesMarkdown, tablesOf } from "./tables.ts";

/** The demo data set has a manifest beside its two folders; another's manifest.json says nothing to us. */
async function drawnData(labelledFolder: string): Promise<{ drawnData?: DrawnData }> {
  const manifest = join(dirname(labelledFolder), "manifest.json");
  if (!existsSync(manifest)) return {};
  try {
    return { drawnData: drawnDataSchema.parse(JSON.parse(await readFile(manifest, "utf8"))) };
  } catch {
    return {};
  }
}

/**
 * Writes `report/` of a run with results: index.html (self-contained), tables.md, tables.json, figure-2.png and
 * figure-3.svg. Returns the page's path.
 * @throws Error where the run has no results yet
 */
export async function writeReport(run: RunDirectory): Promise<string> {
  const results = await run.results();
  if (!results) throw new Error(`${run.path} has no results.json`);
  const environment = await environmentOf(run);
  const pins = await readPins(run);
  const config = pins ? withPinnedPlaces(run.config, pins) : run.config;
  const { dataset: labelled } = await setBrokenAside(run, "labelled", readDataset(config.data.labelled));
  const grid = await augmentedGridPng(run.config, labelled);
  const curves = await Promise.all(
    Object.entries(modelNames).map(async ([model, name]) => ({ name, epochs: await run.epochs(model as ModelName) })),
  );
  const curveSvg = learningCurveSvg(curves.filter(({ epochs }) => epochs.length > 0));
  const page = reportPage({
    config: run.config,
    environment,
    results,
    grid,
    curveSvg,
    ...(await drawnData(config.data.labelled)),
  });
  await run.write("report/figure-2.png", grid);
  await run.write("report/figure-3.svg", curveSvg);
  await run.write("report/tables.md", tablesMarkdown(results));
  await run.writeJson("report/tables.json", tablesOf(results));
  await run.write("report/index.html", page);
  return run.file("report", "index.html");
}
