import type { Config } from "../../config/schema.ts";
import { familiesOf } from "../../robustness/families.ts";
import { measuredOf, type RobustnessFile } from "../../robustness/records.ts";
import { escapeHtml } from "../escape-html.ts";
import { textTableHtml, textTableMarkdown, type TextTable } from "../text-table.ts";
import { furtherTables } from "./corruption-tables.ts";
import { casesCsv, classesCsv } from "./csv.ts";
import { curveCharts, type CurveChart } from "./curves.ts";
import { byModel, measuredModels, modelTitle } from "./measured-models.ts";
import { pictureTables, type PictureOf } from "./pictures.ts";
import { reliabilitySvg } from "./reliability.ts";
import { table4 } from "./table-4.ts";

/** What the report says of robustness. */
export interface RobustnessSection {
  /** For the page. */
  readonly html: string;
  /** Files below `report/`. */
  readonly files: ReadonlyMap<string, string>;
}

const figures = (charts: readonly CurveChart[], kind: string): string =>
  charts.length === 0
    ? ""
    : `<div class="charts ${kind}">${charts.map(({ svg }) => `<figure>${svg}</figure>`).join("\n")}</div>`;

/** A reliability diagram for each model that was measured. */
function reliabilityCharts(file: RobustnessFile): CurveChart[] {
  return measuredModels(file).flatMap((model) => {
    const measurement = measuredOf(file.records, model, "calibration").get("clean");
    const svg = measurement && reliabilitySvg(modelTitle(model), measurement);
    return svg ? [{ name: `reliability-${model}`, title: modelTitle(model), svg }] : [];
  });
}

const worst = 5;

/** The classes that each model is worst at, a column for each. */
function worstClasses({ records, classes }: RobustnessFile): TextTable | null {
  const columns = records.flatMap(({ model, lists }) => {
    const { perClassAccuracy, support } = lists ?? {};
    if (!perClassAccuracy || !support) return [];
    const present = [...perClassAccuracy.keys()].filter((label) => support[label]! > 0);
    const sorted = present.sort((a, b) => perClassAccuracy[a]! - perClassAccuracy[b]! || a - b).slice(0, worst);
    const texts = sorted.map((label) => {
      const right = Math.round(perClassAccuracy[label]! * support[label]!);
      return `${classes[label] ?? label}: ${right} of ${support[label]!}`;
    });
    return [{ title: modelTitle(model), texts }];
  });
  if (columns.length === 0) return null;
  return {
    title: "Classes that the models are worst at",
    columns: columns.map(({ title }) => title),
    rows: Array.from({ length: Math.max(...columns.map(({ texts }) => texts.length)) }, (_, i) =>
      columns.map(({ texts }) => texts[i] ?? ""),
    ),
    note: "Images of the class that are right, of all that were looked at; robustness-classes.csv has every class.",
  };
}

/** Table 4, the curves, further tables, the reliability diagrams and the pictures of what was measured. */
export async function robustnessSection(
  config: Config,
  file: RobustnessFile,
  pictureOf: PictureOf,
): Promise<RobustnessSection> {
  const families = familiesOf({ ...config, robustness: file.settings });
  const clean = (model: string, images: number): number | undefined => {
    const correct = measuredOf(file.records, model, "clean").get("center")?.correct ?? "";
    if (images === 0 || correct.length < images) return undefined;
    return Array.from(correct.slice(0, images)).filter((bit) => bit === "1").length / images;
  };
  const files = new Map<string, string>();
  const parts: string[] = [];
  const add = (table: TextTable | null): string => (table === null ? "" : textTableHtml(table));
  const summary = table4(file, families);
  parts.push(add(summary));
  if (summary) files.set("table-4.md", textTableMarkdown(summary));
  for (const family of families) {
    const charts = curveCharts(family, byModel(file, family), clean);
    for (const { name, svg } of charts) files.set(`robustness-${name}.svg`, svg);
    const pictures = await pictureTables(file, family, pictureOf);
    const tables = furtherTables[family.name]?.(file) ?? [];
    if (tables.length > 0) files.set(`robustness-${family.name}.md`, tables.map(textTableMarkdown).join("\n"));
    if (charts.length + pictures.length + tables.length === 0) continue;
    parts.push(`<h2>${escapeHtml(family.title)}</h2>`, figures(charts, ""), ...tables.map(add), ...pictures);
  }
  const reliability = reliabilityCharts(file);
  if (reliability.length > 0) {
    for (const { name, svg } of reliability) files.set(`${name}.svg`, svg);
    parts.push(
      "<h2>Reliability diagrams</h2>",
      figures(reliability, "small"),
      '<p class="note">Accuracy of the images in each bin of confidence; on the dashed line a confidence would be the share that is right. The fainter a bar, the fewer images it speaks of.</p>',
    );
  }
  parts.push(add(worstClasses(file)));
  files.set("robustness.csv", casesCsv(file));
  files.set("robustness-classes.csv", classesCsv(file));
  return { html: `${parts.filter((part) => part !== "").join("\n")}\n`, files };
}
