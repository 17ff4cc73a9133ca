import { join } from "node:path";
import { writeFileWhole } from "@fledge/files";
import { markdownTable } from "markdown-table";
import type { Analysis, Outcome, PairedDifference, Study } from "@fledge/study";
import { csvCell } from "../report/csv-cell.ts";
import { escapeHtml } from "../report/escape-html.ts";
import { titleOf } from "../report/tables.ts";
import { htmlTable } from "../report/text-table.ts";
import type { ModelName } from "../run/records.ts";
import { forestSvg } from "./forest-plot.ts";
import { points, pValue, share, spread } from "./numbers.ts";

export interface StudyContents {
  readonly study: Study;
  /** The file that made it, and its scale. */
  readonly file: string;
  readonly scale: string | undefined;
  readonly outcomes: readonly Outcome[];
  readonly analysis: Analysis;
  /** Each run with where it ran: folder, state, commit, adapter. */
  readonly runs: readonly RunLine[];
}

export interface RunLine {
  readonly id: string;
  readonly state: string;
  readonly commit: string;
  readonly adapter: string;
}

const named = ({ variant, model }: PairedDifference["of"]): string => `${variant}: ${titleOf(model as ModelName)}`;

const titles: Readonly<Record<string, string>> = {
  target: "Target task (clean test images)",
  robustness: "Robustness task (RandAugmented test images)",
};

const style = `
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1000px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; font-size: .9rem; } th, td { border-bottom: 1px solid #ccc; padding: .3rem .9rem .3rem 0; text-align: left; }
.note { color: #555; font-size: .9rem; } .caveat { border-left: 4px solid #d1495b; padding: .5rem 1rem; background: #fbf1f2; }
pre { background: #f6f6f6; padding: 1rem; overflow: auto; font-size: .8rem; } svg { max-width: 100%; height: auto; }`;

function taskHtml(task: string, { summaries, comparisons, level }: Analysis): string {
  const percent = `${Math.round(100 * level)} %`;
  const means = summaries
    .filter((summary) => summary.task === task)
    .map((summary) => [
      named(summary),
      String(summary.seeds),
      share(summary.mean),
      spread(summary.deviation),
      `${share(summary.interval.low)} to ${share(summary.interval.high)}`,
    ]);
  const differences = comparisons.filter((comparison) => comparison.task === task);
  const rows = differences.map((difference) => [
    named(difference.of),
    named(difference.than),
    String(difference.seeds),
    points(difference.mean),
    `${points(difference.interval.low)} to ${points(difference.interval.high)}`,
    `${points(difference.bootstrap.low)} to ${points(difference.bootstrap.high)}`,
    pValue(difference.p),
    pValue(difference.adjusted),
    spread(difference.dz, 1),
  ]);
  const head = ["Model", "than", "Seeds", "Points", `${percent} (t)`, `${percent} (BCa)`, "p", "p (Holm)", "d"];
  return `<h2>${escapeHtml(titles[task] ?? task)}</h2>
${htmlTable(["Model", "Seeds", "Mean", "Deviation", `${percent} interval`], means)}
<h3>Paired differences</h3>
${forestSvg(differences.map((difference) => ({ name: `${named(difference.of)} − ${named(difference.than)}`, ...difference })))}
${htmlTable(head, rows)}`;
}

/** A study's page, which needs no other file. */
function studyPage({ study, file, scale, analysis, runs }: StudyContents): string {
  const tasks = [...new Set(analysis.summaries.map(({ task }) => task))];
  const warnings = analysis.warnings.map((warning) => `<p class="caveat">${escapeHtml(warning)}</p>`).join("\n");
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fledge study: ${escapeHtml(study.name)}</title><style>${style}</style></head><body>
<h1>Study: ${escapeHtml(study.name)}</h1>
<p>${escapeHtml(study.about)}</p>
<p class="note">Made from ${escapeHtml(file)}${scale === undefined ? "" : ` at the scale "${escapeHtml(scale)}"`}. Differences are paired by seed;
p is the exact two-sided sign-flip test, Holm's column is corrected for all ${analysis.comparisons.length} comparisons of the study. The BCa
bootstrap of few seeds covers less than its level; Student's interval is the one to quote.</p>
${warnings}
${tasks.map((task) => taskHtml(task, analysis)).join("\n")}
<h2>Runs</h2>
${htmlTable(
  ["Run", "State", "Commit", "Adapter"],
  runs.map(({ id, state, commit, adapter }) => [id, state, commit, adapter]),
)}
<h2>The study</h2>
<pre>${escapeHtml(JSON.stringify(study, null, 2))}</pre>
</body></html>
`;
}

const csv = (rows: readonly (readonly (string | number)[])[]): string =>
  `${rows.map((row) => row.map((cell) => (typeof cell === "number" ? cell : csvCell(cell))).join(",")).join("\n")}\n`;

/** The comparisons as Markdown, a table for each task, for documents. */
function comparisonsMarkdown({ comparisons }: Analysis): string {
  const head = ["model", "than", "seeds", "points", "95 % interval", "p", "p (Holm)"];
  const tasks = [...new Set(comparisons.map(({ task }) => task))].map((task) => {
    const rows = comparisons
      .filter((comparison) => comparison.task === task)
      .map(({ of, than, seeds, mean, interval, p, adjusted }) => [
        named(of),
        named(than),
        String(seeds),
        points(mean),
        `${points(interval.low)} to ${points(interval.high)}`,
        pValue(p),
        pValue(adjusted),
      ]);
    return `**${titles[task] ?? task}**\n\n${markdownTable([head, ...rows])}`;
  });
  return `${tasks.join("\n\n")}\n`;
}

/** Writes `report/` of a study: index.html, outcomes.csv, comparisons.csv and .md, study.json. @returns the page's path */
export async function writeStudy(folder: string, contents: StudyContents): Promise<string> {
  const { outcomes, analysis } = contents;
  const page = join(folder, "report", "index.html");
  await writeFileWhole(
    join(folder, "report", "outcomes.csv"),
    csv([
      ["variant", "seed", "model", "task", "accuracy"],
      ...outcomes.map(({ variant, seed, model, task, accuracy }) => [variant, seed, model, task, accuracy]),
    ]),
  );
  await writeFileWhole(
    join(folder, "report", "comparisons.csv"),
    csv([
      [
        "task",
        "variant",
        "model",
        "than variant",
        "than model",
        "seeds",
        "mean",
        "low",
        "high",
        "bca low",
        "bca high",
        "p",
        "p holm",
        "dz",
      ],
      ...analysis.comparisons.map(({ task, of, than, seeds, mean, interval, bootstrap, p, adjusted, dz }) => [
        task,
        of.variant,
        of.model,
        than.variant,
        than.model,
        seeds,
        mean,
        interval.low,
        interval.high,
        bootstrap.low,
        bootstrap.high,
        p,
        adjusted,
        dz,
      ]),
    ]),
  );
  await writeFileWhole(join(folder, "report", "comparisons.md"), comparisonsMarkdown(analysis));
  await writeFileWhole(join(folder, "report", "study.json"), `${JSON.stringify(contents, null, 2)}\n`);
  await writeFileWhole(page, studyPage(contents));
  return page;
}
