import { z } from "zod";
import type { Config } from "../config/schema.ts";
import { reportedModels } from "../methods/models-of.ts";
import { precisionText } from "../stages/precision.ts";
import type { Environment, Resume } from "../run/environment.ts";
import type { ResultsRecord } from "../run/records.ts";
import {
  figure2Caption,
  figure3Caption,
  laterLabelsCaption,
  networksNote,
  noisedImages,
  pseudoLabelCaption,
  studentValidationNote,
  tableCaption,
} from "./captions.ts";
import { differencesFrom, type Difference } from "./differences.ts";
import { escapeHtml } from "./escape-html.ts";
import { cells, columns, tablesOf, type Table } from "./tables.ts";
import { htmlPage } from "./html-page.ts";
import { htmlTable } from "./text-table.ts";
import { wide } from "./wide.ts";

/** What the demo data set's manifest says of it. */
export const drawnDataSchema = z.object({
  counts: z.object({ images2010: z.int(), images2011: z.int(), overlapPairs: z.int() }),
});

export type DrawnData = z.infer<typeof drawnDataSchema>;

export interface PageContents {
  readonly config: Config;
  /** Null where its file is damaged. */
  readonly environment: Environment | null;
  readonly results: ResultsRecord;
  /** Figure 2 as PNG; null where it cannot be drawn. */
  readonly grid: Buffer | null;
  readonly curveSvg: string;
  /** How many pseudo-labels counted in each epoch, and were right; null where no threshold left any out. */
  readonly labelCurve: string | null;
  /** Loss and accuracy of both sets, a model after the other: SVG. */
  readonly trainingCurves: readonly string[];
  /** What the models say of single test images, as HTML; empty before they are evaluated. */
  readonly testImages: string;
  /** What the run has cost, as HTML; empty before anything is trained. */
  readonly cost: string;
  /** What it tells of the teacher's labels; null before they are made. */
  readonly pseudoLabels: string | null;
  /** What `fledge robustness` measured, as HTML; empty before. */
  readonly robustness: string;
  /** The run that it was extended from, and how; undefined where it began by itself. */
  readonly extended?: string | undefined;
  /** What of the run could not be read, and why. */
  readonly unread: readonly string[];
  /** Set where the images are drawn, as the demo's are. */
  readonly drawnData?: DrawnData;
}

function tableHtml(table: Table, note: string): string {
  const measured = table.rows.find((row) => row.evaluations > 0);
  const caption = `${measured ? tableCaption(measured) : ""}${note}`;
  return `<h2>${escapeHtml(table.title)}</h2>\n${htmlTable([...columns], table.rows.map(cells), "results")}\n<p class="note">${caption}</p>`;
}

const definitions = (entries: readonly (readonly [string, string])[]): string =>
  `<dl>${entries.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join("\n")}</dl>`;

function drawnNote({ counts: { images2010, images2011, overlapPairs } }: DrawnData): string {
  const repeated = `${overlapPairs} are repeated among the ${images2011} unlabelled ones${overlapPairs > 0 ? ", test images among them, as the real sets overlap" : ""}`;
  return (
    "The images of this run are <strong>drawn, and few</strong>: invented birds at a small size. " +
    `Of the ${images2010} labelled images ${repeated}. Its numbers show that the method runs from end to end on this machine and ` +
    "how the three models compare here; they are no measurement of CUB-200 and "
  );
}

function caveat({ drawnData }: PageContents, differences: readonly Difference[]): string {
  if (!drawnData && differences.length === 0) return "";
  const what = drawnData
    ? drawnNote(drawnData)
    : "This run differs from the paper's text in its settings, which are listed below. Its numbers ";
  return `<p class="caveat">${what}claim nothing about the paper's, which stand beside them for orientation only.</p>`;
}

function differencesHtml(differences: readonly Difference[]): string {
  if (differences.length === 0) return "<p>All are those of paper-text, the paper as its text tells it.</p>";
  const rows = differences.map(({ key, here, preset }) => [key, here, preset]);
  return `${htmlTable(["Key", "Here", "paper-text"], rows)}
<p class="note">The keys in which this run differs from paper-text, the paper as its text tells it.</p>`;
}

const resumed = ({ command, startedAt, commit, adapter }: Resume): string =>
  `${command} (${startedAt}, commit ${commit}, ${adapter.name})`;

function environmentHtml(environment: Environment | null, extended: string | undefined): string {
  if (!environment) return "<p>Not known: environment.json could not be read.</p>";
  const { adapter } = environment;
  return definitions([
    ["adapter", `${adapter.name} (${adapter.software ? "software, on the CPU" : "GPU"})`],
    ["driver", adapter.driver],
    ["precision", precisionText[environment.precision ?? "f32"]],
    ["machine", `${environment.cpu}, ${environment.cores} cores, ${environment.memoryGiB} GiB; ${environment.system}`],
    [
      "Node",
      `${environment.node}; ${Object.entries(environment.packages)
        .map(([name, version]) => `${name} ${version}`)
        .join(", ")}`,
    ],
    ["commit", environment.commit],
    ["started", environment.startedAt],
    ["command", environment.command],
    ...(extended === undefined ? [] : [["extends", extended] as const]),
    ...(environment.resumes ?? []).map((resume) => ["went on with", resumed(resume)] as const),
  ]);
}

function gridHtml(grid: Buffer | null, config: Config): string {
  if (!grid) return "<p>Not drawn: the labelled images could not be read.</p>";
  return `<figure><img alt="Training images after RandAugment and crop" src="data:image/png;base64,${grid.toString("base64")}">
<figcaption>${escapeHtml(figure2Caption(config))}</figcaption></figure>`;
}

const trainingHtml = (curves: readonly string[]): string =>
  curves.length === 0
    ? ""
    : `<h2>Training curves</h2>
<div class="charts">${curves.map((svg) => `<figure>${svg}</figure>`).join("\n")}</div>
<p class="note">Of what a model trains on, in training mode and as it is augmented, and of what it is validated on, as figure 3 tells.</p>
`;

const unreadHtml = (unread: readonly string[]): string =>
  unread.length === 0
    ? ""
    : `<h2>What could not be read</h2>\n<ul class="unread">${unread.map((problem) => `<li>${escapeHtml(problem)}</li>`).join("\n")}</ul>\n`;

const style = `
body { max-width: 920px; } h2 { font-size: 1.15rem; margin-top: 2rem; }
th, td { padding: .35rem 1rem .35rem 0; }
.results th:nth-child(n+4), .results td:nth-child(n+4) { color: var(--soft); }
figure { margin: 1rem 0; } figure img { max-width: 100%; height: auto; width: 640px; }
.charts.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 240px), 1fr)); } .charts.small svg { max-width: 260px; }
.wide.matrix svg { min-width: 0; }
.gallery { display: flex; flex-wrap: wrap; gap: .5rem; margin: .3rem 0 .8rem; } .gallery figure { margin: 0; width: 104px; } .gallery img { width: auto; max-width: 104px; display: block; } .gallery figcaption { font-size: .75rem; line-height: 1.3; overflow-wrap: anywhere; } .gallery .wrong { color: var(--warn); }
.pictures { border-collapse: separate; border-spacing: .4rem; table-layout: fixed; } .pictures td { border: 0; padding: 0; font-size: .75rem; vertical-align: top; width: 112px; overflow-wrap: anywhere; }
.pictures img { width: 112px; image-rendering: pixelated; display: block; } .pictures .wrong { color: var(--warn); }
dl { display: grid; grid-template-columns: minmax(5rem, max-content) 1fr; gap: .2rem 1rem; font-size: .9rem; } dd { margin: 0; overflow-wrap: anywhere; }`;

/** What a method does, in a sentence. */
const methodTexts: Readonly<Record<Config["method"], (config: Config) => string>> = {
  "noisy-student-lite": (config) =>
    `A ResNet-${config.network.depth} teacher learns from labelled images, labels unlabelled ones for a student, and the noisy student
meets RandAugment on the ${noisedImages(config)} (Jiang, “Semi-supervised Learning and Robustness on a Smaller Scale”).`,
  "supervised-noise": ({ network }) =>
    `A ResNet-${network.depth} learns from labelled images alone, with the noisy student's budget and RandAugment: what Noisy
Student Lite is better by is what the unlabelled images added (Oliver et al. 2018).`,
  fixmatch: ({ network }) =>
    `A ResNet-${network.depth} learns from labelled images, and from RandAugmented unlabelled ones what it says itself of
their weak views where it is sure enough (Sohn et al. 2020).`,
};

const methodTitles: Readonly<Record<Config["method"], string>> = {
  "noisy-student-lite": "Noisy Student Lite",
  "supervised-noise": "Supervised + noise",
  fixmatch: "FixMatch",
};

/** The report: one page that needs no other file. */
export function reportPage(contents: PageContents): string {
  const { config, environment, results, grid, curveSvg, labelCurve, pseudoLabels, robustness, unread } = contents;
  const { trainingCurves, testImages, cost } = contents;
  const agreeing = results.pseudoLabelAccuracy;
  const differences = differencesFrom("paper-text", config);
  const title = `${methodTitles[config.method]}, ${config.preset} preset`;
  return htmlPage(
    `Fledge: ${title}`,
    style,
    `<h1>${escapeHtml(title)}</h1>
<p>${methodTexts[config.method](config)}${escapeHtml(networksNote(config))}</p>
${caveat(contents, differences)}
${unreadHtml(unread)}${tablesOf(results, reportedModels(config))
      .map((table) => tableHtml(table, table.task === "target" ? studentValidationNote(config, results) : ""))
      .join("\n")}
${agreeing === undefined ? "" : `<p>${escapeHtml(pseudoLabelCaption(config, agreeing))}${escapeHtml(laterLabelsCaption(config, results))}</p>`}
<h2>Figure 2: labelled images with RandAugment applied</h2>
${gridHtml(grid, config)}
<h2>Figure 3: validation accuracy by epoch</h2>
<figure>${wide(curveSvg)}<figcaption>${escapeHtml(figure3Caption(config))}</figcaption></figure>
${trainingHtml(trainingCurves)}${
      labelCurve === null
        ? ""
        : `<h2>Pseudo-labels by epoch</h2>
<figure>${wide(labelCurve)}<figcaption>Of the unlabelled images of each epoch, those of which the labelling model was sure enough to count, and where the data set tells their classes those, counting or not, whose label is its own.</figcaption></figure>
`
    }${pseudoLabels ?? ""}
${testImages}${robustness}${cost}<h2>Where it ran</h2>
${environmentHtml(environment, contents.extended)}
<h2>Settings</h2>
${differencesHtml(differences)}
<h2>Configuration</h2>
<pre tabindex="0">${escapeHtml(JSON.stringify(config, null, 2))}</pre>`,
  );
}
