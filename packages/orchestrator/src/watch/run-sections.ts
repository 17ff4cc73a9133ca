import { basename } from "node:path";
import { duration } from "../cli/duration.ts";
import { breakable, escapeHtml } from "../report/escape-html.ts";
import { epochLine, lineChartSvg, type ChartLine } from "../report/line-chart.ts";
import { note } from "../report/note.ts";
import { percent } from "../report/percent.ts";
import { svgChart } from "../report/svg-chart.ts";
import { cells, columns, tablesOf, titleOf } from "../report/tables.ts";
import { thumbnailsOf, type ThumbnailOf } from "../report/test-images/thumbnails.ts";
import { htmlTable } from "../report/text-table.ts";
import { wide } from "../report/wide.ts";
import { reportedModels } from "../methods/models-of.ts";
import type { KeptPictures } from "./kept.ts";
import type { RunSnapshot, WatchedLabels, WatchedModel } from "./snapshot.ts";
import { modelText, nowOf } from "./text.ts";

/** Parts of the page by their element's id; each is replaced where it has changed. */
export type Sections = Readonly<Record<string, string>>;

/** The state of a run or of a study's node, as the page's style knows it. */
export const stateHtml = (state: string): string => `<span class="state ${state.replace(" ", "-")}">${state}</span>`;

/** How much of a whole is done, as a bar and in words. */
export const progressHtml = (done: number, all: number, what: string): string =>
  `<p class="progress"><progress aria-label="${what} done" max="${all}" value="${done}"></progress> <span>${done} of ${all} ${what}</span></p>`;

function nowHtml(snapshot: RunSnapshot): string {
  const { where, figures } = nowOf(snapshot);
  const shown = figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`);
  const list = shown.length === 0 ? "" : `<dl>${shown.join("")}</dl>`;
  return where === "" ? "" : `<div class="now"><p>${escapeHtml(where)}</p>${list}</div>`;
}

function header(snapshot: RunSnapshot, study: string | undefined): string {
  const { path, state, about, config, models, now } = snapshot;
  const said = now.notes.slice(-3).map((text) => `<li>${escapeHtml(text)}</li>`);
  const epochs = models.reduce((sum, model) => sum + model.epochs, 0);
  const done = models.reduce((sum, { records }) => sum + records.length, 0);
  return `${study === undefined ? "" : `<p><a href="/">Study: ${escapeHtml(study)}</a></p>\n`}<h1>${escapeHtml(basename(path))}</h1>
<p class="note">${breakable(path)}</p>
<p>${stateHtml(state)} ${escapeHtml(about)}</p>
${config ? note(`${config.preset} preset, method ${config.method}`) : ""}
${state === "not begun" ? note("The page fills as soon as the run begins.") : ""}
${epochs === 0 ? "" : progressHtml(done, epochs, "epochs")}
${nowHtml(snapshot)}
${said.length === 0 ? "" : `<ul class="note">${said.join("")}</ul>`}`;
}

/** Where a step stands on the axis of epochs. */
function placesOf({ steps }: WatchedModel): (readonly [number, number, number])[] {
  const most = new Map<number, number>();
  for (const { epoch, step } of steps) most.set(epoch, Math.max(most.get(epoch) ?? 0, step));
  // A log keeps every tenth step, so that an epoch may have a few more than its last one.
  const widest = Math.max(...most.values(), 0) + 1;
  return steps.map(({ epoch, step, loss, accuracy }) => [epoch + step / widest, loss, accuracy]);
}

const size = { width: 400, height: 240 };

function chartsOf(watched: WatchedModel, pictures: KeptPictures): string[] {
  const { records } = watched;
  const steps = placesOf(watched);
  const charts: [string, ChartLine[], boolean][] = [
    [
      "loss",
      [
        { name: "steps", points: steps.map(([x, loss]) => [x, loss]), colour: "#8c8c8c" },
        epochLine("training", records, (record) => record.trainLoss),
        epochLine("validation", records, (record) => record.validationLoss),
      ],
      false,
    ],
    [
      "accuracy",
      [
        epochLine("training", records, (record) => record.trainAccuracy),
        epochLine("validation", records, (record) => record.validationAccuracy),
      ],
      true,
    ],
    ["learning rate", [epochLine("learning rate", records, (record) => record.learningRate)], false],
    ["images/s", [epochLine("images/s", records, (record) => record.imagesPerSecond)], false],
    [
      "time spent waiting for data",
      [epochLine("share of the epoch", records, (one) => one.dataWaitSeconds / one.seconds)],
      true,
    ],
    [
      "pseudo-labels",
      [
        epochLine("as the data set says", records, (record) => record.pseudoLabelAccuracy),
        epochLine("sure enough to count", records, (record) => record.keptShare),
      ],
      true,
    ],
  ];
  return charts.flatMap(([title, lines, shares]) => {
    const drawn = lines.filter(({ points }) => points.length > 0);
    if (drawn.length === 0) return [];
    return [
      pictures.of(`${watched.model} ${title}`, drawn, () =>
        lineChartSvg(drawn, { title, axis: "epoch", shares, size }),
      ),
    ];
  });
}

async function examplesHtml({ examples }: WatchedModel, thumbnailOf: ThumbnailOf): Promise<string> {
  if (!examples) return "";
  const figures = examples.images.map(async ({ image, own, predicted, confidence }) => {
    const address = await thumbnailOf(image);
    const shown = address === null ? "" : `<img alt="${escapeHtml(image)}" src="${address}">`;
    const wrong = own !== predicted;
    const text = `${own}${wrong ? `, taken for ${predicted}` : ""}, ${percent(confidence)}`;
    return `<figure title="${escapeHtml(image)}">${shown}<figcaption${wrong ? ' class="wrong"' : ""}>${breakable(text)}</figcaption></figure>`;
  });
  return `<h3>Images of the validation after epoch ${examples.epoch + 1}</h3>
<div class="gallery">${(await Promise.all(figures)).join("\n")}</div>`;
}

/** Bars for the classes; names stand below where there is room. */
function histogramSvg(
  classes: readonly string[],
  series: readonly { name: string; data: readonly number[] }[],
): string {
  const named = classes.length <= 24;
  return svgChart(
    {
      legend: { top: 0, itemGap: 40 },
      // Names stand aslant: the first goes out to the left.
      grid: { left: named ? 90 : 52, right: 16, top: 40, bottom: named ? 130 : 24 },
      xAxis: { type: "category", data: classes, axisLabel: { show: named, interval: 0, rotate: 60, fontSize: 10 } },
      yAxis: { type: "value", minInterval: 1 },
      series: series.map((one) => ({ ...one, type: "bar", barGap: "0%" })),
    },
    { width: 860, height: named ? 380 : 260 },
    "Pseudo-labels by class",
  );
}

function labelsHtml({ generation, accuracy, counts }: WatchedLabels, pictures: KeptPictures): string {
  const right = accuracy === undefined ? "" : `${percent(accuracy)} of them are the data set's own.`;
  const chart = pictures.of(`labels ${generation}`, counts, () =>
    histogramSvg(
      counts.map(({ name }) => name),
      [
        ...(counts.every(({ own }) => own !== null)
          ? [{ name: "by the data set", data: counts.map(({ own }) => own ?? 0) }]
          : []),
        { name: "by the teacher", data: counts.map(({ labelled }) => labelled) },
      ],
    ),
  );
  return `<h2>Pseudo-labels by class${generation === 1 ? "" : `, generation ${generation}`}</h2>
${wide(chart)}${note(right)}`;
}

/** A model that labels for itself has no file of labels: those of its latest epoch. */
function ownLabelsHtml({ model, examples }: WatchedModel, pictures: KeptPictures): string {
  const given = examples?.pseudoLabels;
  if (!given) return "";
  const chart = pictures.of(`labels of ${model}`, given, () =>
    histogramSvg(
      given.map((one) => one.class),
      [{ name: "given in the latest epoch", data: given.map(({ count }) => count) }],
    ),
  );
  return `<h3>Pseudo-labels by class</h3>\n${wide(chart)}`;
}

async function modelHtml(
  watched: WatchedModel,
  hasLabels: boolean,
  thumbnailOf: ThumbnailOf,
  pictures: KeptPictures,
): Promise<string> {
  const seconds = watched.records.reduce((sum, record) => sum + record.seconds, 0);
  const charts = chartsOf(watched, pictures).map((svg) => `<figure>${svg}</figure>`);
  return `<h2>${escapeHtml(titleOf(watched.model))}</h2>
<p>${escapeHtml(modelText(watched))}</p>
${note(seconds > 0 ? `${duration(seconds)} of training so far.` : "")}
<div class="charts">${charts.join("\n")}</div>
${await examplesHtml(watched, thumbnailOf)}
${hasLabels ? "" : ownLabelsHtml(watched, pictures)}`;
}

function resultsHtml({ results, config }: RunSnapshot): string {
  if (!config || !results || results.evaluations.length === 0) return "";
  return tablesOf(results, reportedModels(config))
    .map(({ title, rows }) => {
      return `<h2>${escapeHtml(title)}</h2>\n${htmlTable([...columns], rows.map(cells))}`;
    })
    .join("\n");
}

/** Thumbnails that were made once stay: the same images come epoch after epoch. */
export class Thumbnails {
  readonly #roots = new Map<string, ThumbnailOf>();

  below(root: string): ThumbnailOf {
    const known = this.#roots.get(root) ?? thumbnailsOf(root);
    this.#roots.set(root, known);
    return known;
  }
}

/** What a page keeps between its looks, and the study that its run belongs to. */
interface PageState {
  readonly thumbnails: Thumbnails;
  readonly pictures: KeptPictures;
  readonly study: string | undefined;
}

/** The parts of a run's page. */
export async function runSections(
  snapshot: RunSnapshot,
  { thumbnails, pictures, study }: PageState,
): Promise<Sections> {
  const sections: Record<string, string> = { header: header(snapshot, study), results: resultsHtml(snapshot) };
  const begun = snapshot.models.filter(({ records, steps }) => records.length + steps.length > 0);
  // The model under way stands first.
  for (const watched of begun.toReversed()) {
    const thumbnailOf = thumbnails.below(watched.examples?.root ?? "");
    sections[`model-${watched.model}`] = await modelHtml(watched, snapshot.labels.length > 0, thumbnailOf, pictures);
  }
  sections["labels"] = snapshot.labels.map((labels) => labelsHtml(labels, pictures)).join("\n");
  return sections;
}
