import { join } from "node:path";
import { colours } from "../report/chart-style.ts";
import { escapeHtml } from "../report/escape-html.ts";
import { epochLine, lineChartSvg } from "../report/line-chart.ts";
import { note } from "../report/note.ts";
import { htmlTable } from "../report/text-table.ts";
import { wide } from "../report/wide.ts";
import { measureOf } from "../study/evaluations.ts";
import type { NodeStatus } from "../study/node-status.ts";
import type { OpenStudy } from "../study/open-study.ts";
import { countsText, inStateOrder, type StudyStates } from "../study/study-states.ts";
import { summaryRows } from "../study/study-tables.ts";
import type { KeptPictures } from "./kept.ts";
import { progressHtml, stateHtml, type Sections } from "./run-sections.ts";
import type { RunCurve, StudyResults } from "./study-results.ts";

const nodeLink = (id: string, text: string): string =>
  `<a href="/?node=${encodeURIComponent(id)}">${escapeHtml(text)}</a>`;

/** Rows of HTML under their columns. */
const table = (columns: readonly string[], rows: readonly string[]): string =>
  wide(
    `<table><thead><tr>${columns.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`,
    "nodes",
  );

function header({ study, folder }: OpenStudy, { states, queueUnknown }: StudyStates): string {
  const done = states.filter(({ state }) => state === "done").length;
  // A study that is followed by its folder keeps no sentence of its own, and stands under its name.
  const about = study.about === study.name ? "" : `<p>${escapeHtml(study.about)}</p>`;
  return `<h1>Study: ${escapeHtml(study.name)}</h1>
${about}${note(folder)}
${progressHtml(done, states.length, "nodes")}
<p>${escapeHtml(countsText(states))}</p>
${queueUnknown === undefined ? "" : `<p class="caveat">${escapeHtml(queueUnknown)}</p>`}`;
}

/** What a person would look at first: nodes that failed, then those at work. */
function atWork(states: readonly NodeStatus[]): string {
  const rows = inStateOrder(states)
    .filter(({ state }) => state !== "not begun" && state !== "done")
    .map(({ id, state, about, log }) => {
      const where = log !== undefined && state === "failed" ? `<small>${escapeHtml(log)}</small>` : "";
      return `<tr><td>${nodeLink(id, id)}</td><td>${stateHtml(state)}</td><td>${escapeHtml(about)}${where}</td></tr>`;
    });
  if (rows.length === 0) return "";
  return `<h2>At work</h2>
${table(["Node", "State", "What it is at"], rows)}`;
}

/** Every run in its place, variants below one another and seeds side by side; above them the teachers that they share. */
function allNodes({ study, nodes }: OpenStudy, states: readonly NodeStatus[]): string {
  const stateOf = new Map(states.map(({ id, state }) => [id, state]));
  const cell = (id: string): string => `<td>${nodeLink(id, stateOf.get(id) ?? "not begun")}</td>`;
  const runs = nodes.filter(({ kind }) => kind === "run");
  const rows = Object.keys(study.variants).map((variant) => {
    const own = study.seeds.map((seed) => runs.find(({ run }) => run.variant === variant && run.seed === seed)!);
    return `<tr><th>${escapeHtml(variant)}</th>${own.map(({ id }) => cell(id)).join("")}</tr>`;
  });
  const teachers = nodes
    .filter(({ kind }) => kind === "teacher")
    .map(({ id, run }) => `<tr><th>${escapeHtml(id)}</th><td>${run.seed}</td>${cell(id)}</tr>`);
  const shared =
    teachers.length === 0
      ? ""
      : `<h3>Teachers that runs share</h3>
${table(["Teacher", "Seed", "State"], teachers)}`;
  return `<h2>All runs</h2>
${table(["Variant", ...study.seeds.map((seed) => `Seed ${seed}`)], rows)}
${shared}`;
}

/** Validation accuracy of each run's last model; a variant's runs have one colour. */
function curvesHtml(curves: readonly RunCurve[], variants: readonly string[], pictures: KeptPictures): string {
  if (curves.length === 0) return "";
  const lines = curves.map(({ variant, epochs }) => ({
    ...epochLine(variant, epochs, (record) => record.validationAccuracy),
    colour: colours[variants.indexOf(variant) % colours.length]!,
  }));
  const svg = pictures.of("curves", lines, () =>
    lineChartSvg(lines, {
      title: "validation accuracy of the last model",
      axis: "epoch",
      shares: true,
      size: { width: 860, height: 380 },
    }),
  );
  return `${wide(svg)}\n${note("A line for each seed, in its variant's colour.")}`;
}

function resultsHtml({ summaries, curves }: StudyResults, { study }: OpenStudy, pictures: KeptPictures): string {
  const tables = (["target", "robustness"] as const).flatMap((measure) => {
    const { columns, rows } = summaryRows({ summaries, level: 0.95 }, measure);
    if (rows.length === 0) return [];
    return [`<h3>${measureOf(measure).title}</h3>\n${htmlTable(columns, rows)}`];
  });
  const warning = note(
    "Means over the seeds that are there so far, with Student's interval. Which variant is better, the study's report says once all of its seeds are there: who stops at the first good number finds differences that are none.",
  );
  const drawn = curvesHtml(curves, Object.keys(study.variants), pictures);
  if (tables.length === 0 && drawn === "")
    return `<h2>So far</h2>\n${note("No run has an epoch of its last model yet.")}`;
  return `<h2>So far</h2>\n${tables.join("\n")}\n${tables.length === 0 ? "" : warning}\n${drawn}`;
}

/** The parts of a study's page. */
export const studySections = (
  open: OpenStudy,
  look: StudyStates,
  results: StudyResults,
  pictures: KeptPictures,
): Sections => ({
  header: header(open, look),
  work: atWork(look.states),
  results: resultsHtml(results, open, pictures),
  nodes: allNodes(open, look.states),
  report: look.states.some(({ state }) => state === "done")
    ? note(`"npx fledge study report" writes ${join(open.folder, "report", "index.html")} of what is there.`)
    : "",
});
