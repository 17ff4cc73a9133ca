import { join } from "node:path";
import { writeFileWhole } from "@fledge/files";
import { markdownTable } from "markdown-table";
import type { Comparison } from "@fledge/study";
import { csvCell } from "../report/csv-cell.ts";
import { curveSvg } from "./curve-figure.ts";
import { measureOf } from "./evaluations.ts";
import type { StudyContents } from "./study-contents.ts";
import { forestOf, isSingle, measuresIn, studyPage } from "./study-page.ts";
import { attributionRows, differenceRows, singleRows, type Rows } from "./study-tables.ts";

type Cells = readonly (string | number)[];

/** Numbers that are none leave their cell empty. */
const cellOf = (cell: string | number): string =>
  typeof cell === "string" ? csvCell(cell) : Number.isFinite(cell) ? String(cell) : "";

const csv = (rows: readonly Cells[]): string => `${rows.map((row) => row.map(cellOf).join(",")).join("\n")}\n`;

/** The comparisons and attributions as Markdown, tables for each measure, for documents. */
export function comparisonsText(contents: StudyContents): string {
  const { analysis, images, attributions, changes } = contents;
  const table = ({ columns, rows }: Rows): string => markdownTable([[...columns], ...rows.map((row) => [...row])]);
  const parts = measuresIn(contents).map((measure) => {
    const attribution = attributions.find((one) => one.measure === measure);
    const differences = isSingle(contents) ? singleRows(analysis, images, measure) : differenceRows(analysis, measure);
    return [
      `**${measureOf(measure).title}**`,
      ...(attribution ? [table(attributionRows(attribution, changes))] : []),
      table(differences),
    ].join("\n\n");
  });
  return `${parts.join("\n\n")}\n`;
}

const pairOf = ({ measure, of, than }: { readonly measure: string } & Comparison): Cells => [
  measure,
  of.variant,
  of.model,
  than.variant,
  than.model,
];
const pairNames = ["measure", "variant", "model", "than variant", "than model"];

const attributionCsv = ({ attributions, changes }: StudyContents): Cells[] => [
  ["measure", "from", "to", "settings", "seeds", "mean", "low", "high"],
  ...attributions.flatMap(({ measure, seeds, steps, whole }) =>
    [...steps, whole].map(({ from, to, mean, interval: { low, high } }, index): Cells => {
      const settings = changes[index]?.join(", ") ?? "all of these";
      return [measure, from.variant, to.variant, settings, seeds.length, mean, low, high];
    }),
  ),
];

const curvesCsv = ({ curves }: StudyContents): Cells[] => [
  ["measure", "line", "x", "variant", "model", "seeds", "mean", "low", "high"],
  ...curves.flatMap(({ measure, lines }) =>
    lines.flatMap(({ name, points }) =>
      points.map(({ x, variant, model, seeds, mean, interval: { low, high } }): Cells => {
        return [measure, name, x, variant, model, seeds, mean, low, high];
      }),
    ),
  ),
];

/** The CSV files of `report/`, by name. */
function csvFiles(contents: StudyContents): Record<string, Cells[]> {
  const { outcomes, analysis, images, attributions, curves } = contents;
  return {
    "outcomes.csv": [
      ["variant", "seed", "model", "measure", "value"],
      ...outcomes.map(({ variant, seed, model, measure, value }) => [variant, seed, model, measure, value]),
    ],
    "comparisons.csv": [
      pairNames.concat("seeds", "mean", "low", "high", "bca low", "bca high", "p", "p holm", "dz"),
      ...analysis.comparisons.map((one) => {
        const { seeds, mean, interval, bootstrap, p, adjusted, dz } = one;
        const ends = [interval.low, interval.high, bootstrap.low, bootstrap.high];
        return [...pairOf(one), seeds, mean, ...ends, p, adjusted, dz];
      }),
    ],
    "mcnemar.csv": [
      pairNames.concat("seed", "images", "only it is right", "only the other", "p", "p holm"),
      ...images.tests.map((one) => {
        return [...pairOf(one), one.seed, one.images, one.onlyOf, one.onlyThan, one.p, one.adjusted];
      }),
    ],
    ...(attributions.length === 0 ? {} : { "attribution.csv": attributionCsv(contents) }),
    ...(curves.length === 0 ? {} : { "curves.csv": curvesCsv(contents) }),
  };
}

/** The figures of `report/` as files of their own, by name. */
function figures(contents: StudyContents): Record<string, string> {
  const { curves, study } = contents;
  const fileOf = (kind: string, measure: string): string => `${kind}-${measure.replaceAll("/", "-")}.svg`;
  const forests = measuresIn(contents).map((measure) => [fileOf("differences", measure), forestOf(contents, measure)]);
  const drawn = curves
    .filter(({ lines }) => lines.length > 0)
    .map((curve) => [fileOf("curve", curve.measure), curveSvg(curve, study.curve!.title)]);
  return Object.fromEntries([...forests, ...drawn].filter(([, svg]) => svg !== ""));
}

/** All of it as `study.json` has it, without which images were right: the runs keep that. */
export function studyJson({ outcomes, ...others }: StudyContents): string {
  const values = outcomes.map(({ variant, seed, model, measure, value }) => ({ variant, seed, model, measure, value }));
  return `${JSON.stringify({ ...others, outcomes: values }, null, 2)}\n`;
}

/**
 * Writes `report/` of a study: index.html, which needs no other file; outcomes.csv, comparisons.csv and .md, mcnemar.csv,
 * attribution.csv and curves.csv where the study asks for them; the figures as SVG; study.json, which holds all of it.
 * @returns the page's path
 */
export async function writeStudy(folder: string, contents: StudyContents): Promise<string> {
  const report = (name: string): string => join(folder, "report", name);
  for (const [name, rows] of Object.entries(csvFiles(contents))) await writeFileWhole(report(name), csv(rows));
  for (const [name, svg] of Object.entries(figures(contents))) await writeFileWhole(report(name), svg);
  await writeFileWhole(report("comparisons.md"), comparisonsText(contents));
  await writeFileWhole(report("study.json"), studyJson(contents));
  await writeFileWhole(report("index.html"), studyPage(contents));
  return report("index.html");
}
