import type { PairedDifference } from "@fledge/study";
import { escapeHtml } from "../report/escape-html.ts";
import { htmlPage } from "../report/html-page.ts";
import { note } from "../report/note.ts";
import { htmlTable } from "../report/text-table.ts";
import { wide } from "../report/wide.ts";
import { curveSvg } from "./curve-figure.ts";
import { measureOf } from "./evaluations.ts";
import { forestSvg } from "./forest-plot.ts";
import { named, type StudyContents } from "./study-contents.ts";
import {
  attributionRows,
  curveRows,
  differenceRows,
  imagesRows,
  singleRows,
  summaryRows,
  type Rows,
} from "./study-tables.ts";

const style = `
body { max-width: 1000px; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
table { font-size: .875rem; } th, td { padding: .3rem .9rem .3rem 0; }
th, td:nth-child(n+3) { white-space: nowrap; } td:nth-child(-n+2) { min-width: 5rem; } td:first-child { min-width: 8rem; }`;

const tableHtml = ({ columns, rows }: Rows, kind = ""): string => htmlTable(columns, rows, kind);
const isSignificant = ({ adjusted }: PairedDifference, level: number): boolean => adjusted <= 1 - level;

/** The forest plot of a measure's differences; empty where a single seed gives no interval. */
export const forestOf = ({ analysis: { comparisons, level } }: StudyContents, measure: string): string =>
  forestSvg(
    comparisons
      .filter((comparison) => comparison.measure === measure && comparison.seeds > 1)
      .map((difference) => ({
        name: `${named(difference.of)} − ${named(difference.than)}`,
        ...difference,
        significant: isSignificant(difference, level),
      })),
  );

/** Whether no comparison has more than one seed. */
export const isSingle = ({ analysis: { comparisons } }: StudyContents): boolean =>
  comparisons.length > 0 && comparisons.every(({ seeds }) => seeds === 1);

function differencesHtml(contents: StudyContents, measure: string): string {
  const { analysis, images } = contents;
  const refused = images.refused.filter((one) => one.measure === measure);
  const reasons = [
    ...new Set(refused.map(({ of, than, seed, reason }) => `${named(of)} and ${named(than)}, seed ${seed}: ${reason}`)),
  ];
  const notCompared = reasons.map((reason) => note(`Not compared image by image: ${reason}.`)).join("\n");
  if (isSingle(contents)) {
    return `<h3>Differences of single runs</h3>
${tableHtml(singleRows(analysis, images, measure))}
${note("McNemar's exact test, two-sided, on the images that one of the two models alone has right. It says whether these two trained models differ, not whether their settings do: for that a study of more seeds is needed.")}
${notCompared}`;
  }
  const differences = differenceRows(analysis, measure);
  if (differences.rows.length === 0) return "";
  const tests = imagesRows(images, measure);
  const bySeed =
    tests.rows.length === 0
      ? ""
      : `<details><summary>The same models image by image: McNemar's test for each seed (${tests.rows.length})</summary>
${note("Exact, two-sided, on the images that one of the two models alone has right, of the first evaluation. Each says whether two trained models differ, not whether their settings do.")}
${tableHtml(tests)}</details>`;
  return `<h3>Paired differences</h3>
${wide(forestOf(contents, measure))}
${note("Percentage points with Student's interval. A full point: p after Holm's correction is at most 0.05.")}
${tableHtml(differences)}
${bySeed}
${notCompared}`;
}

function attributionHtml({ attributions, changes }: StudyContents, measure: string): string {
  const found = attributions.find((one) => one.measure === measure);
  if (!found) return "";
  const seeds = `${found.seeds.length} ${found.seeds.length === 1 ? "seed" : "seeds"}`;
  return `<h3>Which switch explains which points</h3>
${tableHtml(attributionRows(found, changes), "whole")}
${note(`Differences of each variant's last model to that of the variant before, paired over the ${seeds} that all variants of the path have; the steps add up to the whole. What a step explains depends on those before it. Their tests stand among the paired differences.`)}`;
}

function curveHtml({ curves, study }: StudyContents, measure: string): string {
  const found = curves.find((one) => one.measure === measure);
  if (!found || !study.curve || found.lines.length === 0) return "";
  const { title } = study.curve;
  return `<h3>Over ${escapeHtml(study.curve.setting)}</h3>
${wide(curveSvg(found, title))}
${note("Means over the seeds with Student's 95 % intervals.")}
<details><summary>As a table</summary>${tableHtml(curveRows(found, title))}</details>`;
}

function measureHtml(contents: StudyContents, measure: string): string {
  const { title, better } = measureOf(measure);
  return `<h2>${escapeHtml(title)}${better === "less" ? " (less is better)" : ""}</h2>
${curveHtml(contents, measure)}
${attributionHtml(contents, measure)}
${differencesHtml(contents, measure)}
<h3>Means</h3>
${tableHtml(summaryRows(contents.analysis, measure))}`;
}

function introduction(contents: StudyContents): string {
  const { file, scale, analysis } = contents;
  const from = `Made from ${file}${scale === undefined ? "" : ` at the scale "${scale}"`}.`;
  if (isSingle(contents)) return note(from);
  return note(
    `${from} Differences are paired by seed; p is the exact two-sided sign-flip test, Holm's column is corrected for all ${analysis.comparisons.length} comparisons of the study. The BCa bootstrap of few seeds covers less than its level; Student's interval is the one to quote.`,
  );
}

/** The measures that the study has outcomes of, in order. */
export const measuresIn = ({ outcomes }: StudyContents): string[] => [
  ...new Set(outcomes.map(({ measure }) => measure)),
];

/** A study's page, which needs no other file. */
export function studyPage(contents: StudyContents): string {
  const { study, analysis, runs } = contents;
  const warnings = analysis.warnings
    .map((warning) => `<p class="caveat">${escapeHtml(warning.charAt(0).toUpperCase() + warning.slice(1))}</p>`)
    .join("\n");
  const measures = measuresIn(contents);
  return htmlPage(
    `Fledge study: ${study.name}`,
    style,
    `<h1>Study: ${escapeHtml(study.name)}</h1>
<p>${escapeHtml(study.about)}</p>
${introduction(contents)}
${warnings}
${measures.length === 0 ? "<p>No run of it has results yet.</p>" : measures.map((measure) => measureHtml(contents, measure)).join("\n")}
<h2>Runs</h2>
${tableHtml({ columns: ["Run", "State", "Commit", "Adapter"], rows: runs.map(({ id, state, commit, adapter }) => [id, state, commit, adapter]) })}
<h2>The study</h2>
<pre tabindex="0">${escapeHtml(JSON.stringify(study, null, 2))}</pre>`,
  );
}
