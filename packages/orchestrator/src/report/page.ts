import { z } from "zod";
import type { Config } from "../config/schema.ts";
import type { Environment } from "../run/environment.ts";
import type { ResultsRecord } from "../run/records.ts";
import { cells, columns, percent, tablesOf, type Table } from "./tables.ts";

/** What the demo data set's manifest says of it. */
export const drawnDataSchema = z.object({ counts: z.object({ images2010: z.int(), images2011: z.int(), overlapPairs: z.int() }) });

export type DrawnData = z.infer<typeof drawnDataSchema>;

export interface PageContents {
  readonly config: Config;
  readonly environment: Environment;
  readonly results: ResultsRecord;
  readonly grid: Buffer;
  readonly curveSvg: string;
  /** Set where the images are drawn, as the demo's are. */
  readonly drawnData?: DrawnData;
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function tableHtml(table: Table): string {
  const head = columns.map((name) => `<th>${escape(name)}</th>`).join("");
  const body = table.rows.map((row) => `<tr>${cells(row).map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`).join("\n");
  const measured = table.rows.find((row) => row.evaluations > 0);
  const caption = measured ? `Test: mean ± standard deviation of ${measured.evaluations} seeded evaluations of ${measured.images} images.` : "";
  return `<h2>${escape(table.title)}</h2>\n<table><thead><tr>${head}</tr></thead>\n<tbody>${body}</tbody></table>\n<p class="note">${caption}</p>`;
}

const definitions = (entries: readonly (readonly [string, string])[]): string =>
  `<dl>${entries.map(([term, text]) => `<dt>${escape(term)}</dt><dd>${escape(text)}</dd>`).join("\n")}</dl>`;

function caveat({ config, drawnData }: PageContents): string {
  if (config.preset === "paper" && !drawnData) return "";
  const what = drawnData
    ? "The images of this run are <strong>drawn, and few</strong>: invented birds at a small size, and a network that starts from random weights. " +
      `Of the ${drawnData.counts.images2010} labelled images ${drawnData.counts.overlapPairs} are repeated among the ` +
      `${drawnData.counts.images2011} unlabelled ones, test images among them, as the real sets overlap.`
    : "This run differs from the paper in its data or settings.";
  return `<p class="caveat">${what} Its numbers show that the method runs from end to end on this machine and how the three models compare
here; they are no measurement of CUB-200 and claim nothing about the paper's, which stand beside them for orientation only.</p>`;
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 920px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { border-bottom: 1px solid #ccc; padding: .35rem 1rem .35rem 0; text-align: left; }
th:nth-child(n+4), td:nth-child(n+4) { color: #777; }
.note, figcaption { color: #555; font-size: .9rem; } .caveat { border-left: 4px solid #d1495b; padding: .5rem 1rem; background: #fbf1f2; }
figure { margin: 1rem 0; } figure img, figure svg { max-width: 100%; height: auto; } figure img { width: 640px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .9rem; } dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #f6f6f6; padding: 1rem; overflow: auto; font-size: .8rem; }`;

/** The report: one page that needs no other file. */
export function reportPage(contents: PageContents): string {
  const { config, environment, results, grid, curveSvg } = contents;
  const { adapter } = environment;
  const teacher = results.pseudoLabelAccuracy;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fledge: Noisy Student Lite, ${escape(config.preset)} preset</title><style>${style}</style></head><body>
<h1>Noisy Student Lite, ${escape(config.preset)} preset</h1>
<p>A ResNet-${config.network.depth} teacher learns from labelled images, labels unlabelled ones for a student, and the noisy student
meets RandAugment on the labelled images (Jiang, “Semi-supervised Learning and Robustness on a Smaller Scale”).</p>
${caveat(contents)}
${tablesOf(results).map(tableHtml).join("\n")}
${teacher === undefined ? "" : `<p>The teacher's label of an unlabelled image equals the data set's own for ${percent(teacher)} of them.</p>`}
<h2>Figure 2: labelled images with RandAugment applied</h2>
<figure><img alt="Training images after RandAugment, crop and flip" src="data:image/png;base64,${grid.toString("base64")}">
<figcaption>What the noisy student trains on: ${escape(config.randAugment.library)}'s RandAugment, then a random crop.</figcaption></figure>
<h2>Figure 3: validation accuracy by epoch</h2>
<figure>${curveSvg}<figcaption>On labelled validation images; the noisy student's are RandAugmented. The dashed line marks where the
students go over from the teacher's labels to true ones.</figcaption></figure>
<h2>Where it ran</h2>
${definitions([
  ["adapter", `${adapter.name} (${adapter.software ? "software, on the CPU" : "GPU"})`],
  ["driver", adapter.driver],
  ["machine", `${environment.cpu}, ${environment.cores} cores, ${environment.memoryGiB} GiB; ${environment.system}`],
  ["Node", `${environment.node}; ${Object.entries(environment.packages).map(([name, version]) => `${name} ${version}`).join(", ")}`],
  ["commit", environment.commit],
  ["started", environment.startedAt],
  ["command", environment.command],
])}
<h2>Configuration</h2>
<pre>${escape(JSON.stringify(config, null, 2))}</pre>
</body></html>
`;
}
