import type { Config } from "../config/schema.ts";
import { generationsOf } from "../methods/models-of.ts";
import { ofGeneration } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import { escapeHtml } from "./escape-html.ts";
import { chosenRows, pseudoLabelRows } from "./pseudo-label-rows.ts";
import {
  classCounts,
  classCountsCsv,
  confidenceBins,
  confidencesCsv,
  confidencesSvg,
  type ClassCounts,
} from "./pseudo-labels.ts";
import { htmlTable } from "./text-table.ts";
import { wide } from "./wide.ts";

/** What the report tells of the teacher's labels: a part of the page, and files beside it. */
export interface PseudoLabelSection {
  readonly html: string;
  readonly files: Readonly<Record<string, string>>;
}

const columns: readonly (readonly [head: string, of: (counts: ClassCounts) => number | null])[] = [
  ["Own", ({ own }) => own],
  ["By the teacher", ({ labelled }) => labelled],
  ["Both", ({ agreeing }) => agreeing],
  ["Sure enough", ({ kept }) => kept],
  ["Chosen", ({ chosen }) => chosen],
  ["With copies", ({ copies }) => copies],
];

const sumOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

function tableHtml(counts: readonly ClassCounts[]): string {
  const shown = columns.filter(([, of]) => counts.some((one) => of(one) !== null));
  const row = (name: string, of: (column: (typeof columns)[number]) => number): string[] => [
    name,
    ...shown.map((column) => String(of(column))),
  ];
  const rows = counts.map((one) => row(one.name, ([, of]) => of(one) ?? 0));
  const all = row("All", ([, of]) => sumOf(counts.map(of)));
  return `<details${counts.length <= 30 ? " open" : ""}><summary>Counts by class</summary>
${htmlTable(["Class", ...shown.map(([name]) => name)], [...rows, all], "whole")}</details>`;
}

function caption(
  { pseudoLabels: { threshold, temperature, made, select } }: Config,
  chosen: string,
  told: boolean,
): string {
  const at = made === "generation" && temperature !== 1 ? ` at temperature ${temperature}` : "";
  const sentences = [
    `How sure the teacher is of the class that it gives an unlabelled image${at}${told ? ", and how many of these classes are the data set's own" : ""}.`,
    ...(threshold === null
      ? []
      : [
          `Images below the threshold (${JSON.stringify(threshold)}) do not count: metrics.jsonl has each epoch's share of the others.`,
        ]),
    ...(select === null ? [] : [`${chosen} lists the images that are trained on, and how often.`]),
  ];
  return sentences.join(" ");
}

/**
 * The labels of a run, a part for each generation's; null before they are made.
 * @throws UsageError naming the file and the line that is damaged
 */
export async function pseudoLabelSection(run: RunDirectory): Promise<PseudoLabelSection | null> {
  const sections: PseudoLabelSection[] = [];
  for (const generation of generationsOf(run.config)) {
    const section = await generationSection(run, generation);
    if (section) sections.push(section);
  }
  if (sections.length === 0) return null;
  const files = sections.map((section) => section.files);
  return {
    html: sections.map(({ html }) => html).join("\n"),
    files: Object.assign({}, ...files) as Record<string, string>,
  };
}

async function generationSection(run: RunDirectory, generation: number): Promise<PseudoLabelSection | null> {
  const named = (file: string): string => ofGeneration(file, generation);
  const text = await run.read(named("pseudo-labels.csv"));
  if (text === undefined) return null;
  const rows = pseudoLabelRows(text, run.file(named("pseudo-labels.csv")));
  const chosen = run.config.pseudoLabels.select === null ? undefined : await run.read(named("chosen-images.csv"));
  const picked = chosen === undefined ? null : chosenRows(chosen, run.file(named("chosen-images.csv")));
  const histogram = confidenceBins(rows);
  const counts = classCounts(rows, picked, run.config);
  const svg = confidencesSvg(histogram);
  const told = counts.some(({ own }) => own !== null);
  return {
    html: `<h2>Pseudo-labels by confidence and class${generation === 1 ? "" : `, generation ${generation}`}</h2>
<figure>${wide(svg)}<figcaption>${escapeHtml(caption(run.config, named("chosen-images.csv"), told))}</figcaption></figure>
${tableHtml(counts)}`,
    files: {
      [named("pseudo-label-confidences.svg")]: svg,
      [named("pseudo-label-confidences.csv")]: confidencesCsv(histogram),
      [named("pseudo-labels-by-class.csv")]: classCountsCsv(counts),
    },
  };
}
