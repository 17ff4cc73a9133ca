import { duration } from "../cli/duration.ts";
import { sparkline } from "../compare/comparison-text.ts";
import { percent } from "../report/percent.ts";
import { titleOf } from "../report/tables.ts";
import type { ModelName } from "../run/records.ts";
import type { RunSnapshot, WatchedModel } from "./snapshot.ts";

const share = (value: number): string => (Number.isFinite(value) ? percent(value) : "none");

/** A figure of what goes on, under its name. */
type Figure = readonly [name: string, value: string];

/** The time of day on this machine: what stands still long after it, does not go on. */
const timeText = (at: string): string => new Date(at).toLocaleTimeString("en-GB");

/** What happens now: where, and the figures of the latest step; nothing where nothing does. */
export function nowOf({ state, now: { training, step, notes } }: RunSnapshot): {
  readonly where: string;
  readonly figures: readonly Figure[];
} {
  const last = notes.at(-1);
  if (state !== "running") return { where: "", figures: [] };
  if (!training) return { where: last ?? "", figures: [] };
  const title = titleOf(training.model as ModelName);
  if (training.epochsDone >= training.epochs) return { where: last ?? `${title} is trained`, figures: [] };
  const where = `${title}, epoch ${training.epochsDone + 1} of ${training.epochs}`;
  if (!step) return { where, figures: [] };
  return {
    where: `${where}, step ${step.step + 1} of ${step.steps}`,
    figures: [
      ["loss", step.loss.toFixed(3)],
      ["accuracy", share(step.accuracy)],
      ["learning rate", String(Number(step.learningRate.toPrecision(3)))],
      ["images/s", (step.images / step.seconds).toFixed(1)],
      ["waiting for data", share(step.dataWaitSeconds / step.seconds)],
      ["at", timeText(step.at)],
    ],
  };
}

/** The same in a line. */
function nowText(snapshot: RunSnapshot): string {
  const { where, figures } = nowOf(snapshot);
  return figures.length === 0 ? where : `${where}: ${figures.map((figure) => figure.join(" ")).join(", ")}`;
}

/** Blocks in a row: with their indent they fit into 40 columns. */
const widest = 36;

/** How long the rest of a model's epochs takes at the pace of its last ones; empty before the first. */
function leftText({ epochs, records }: WatchedModel): string {
  const last = records.at(-1);
  const left = epochs - records.length;
  if (!last || left <= 0) return "";
  const same = records.filter(({ phase }) => phase === last.phase);
  const each = same.reduce((sum, { seconds }) => sum + seconds, 0) / same.length;
  return `about ${duration(each * left)} of training left`;
}

/** How far a model is and where it stands, in a line. */
export function modelText(watched: WatchedModel): string {
  const { epochs, records } = watched;
  const last = records.at(-1);
  if (!last) return `not begun, ${epochs} epochs`;
  const best = Math.max(...records.filter((record) => record.best).map((record) => record.validationAccuracy));
  const labels =
    last.pseudoLabelAccuracy === undefined ? "" : `, pseudo-labels ${share(last.pseudoLabelAccuracy)} right`;
  const left = leftText(watched);
  return (
    `${records.length} of ${epochs} epochs; training loss ${last.trainLoss.toFixed(3)}, validation accuracy ${share(last.validationAccuracy)}` +
    `${Number.isFinite(best) ? ` (best ${share(best)})` : ""}${labels}, ${last.imagesPerSecond.toFixed(1)} images/s${left === "" ? "" : `, ${left}`}`
  );
}

/** A run as lines for a terminal. @param inPlace false where a line that changes becomes a further one: each step is none then */
export function runText(snapshot: RunSnapshot, inPlace = true): string[] {
  const { path, state, about, models, labels, results } = snapshot;
  const lines = [`${path}: ${state}${about === "" ? "" : `, ${about}`}`];
  const now = nowText(inPlace ? snapshot : { ...snapshot, now: { ...snapshot.now, step: undefined } });
  if (now !== "") lines.push(now);
  for (const watched of models) {
    lines.push(`${titleOf(watched.model)}: ${modelText(watched)}`);
    const accuracies = watched.records.map((record) => record.validationAccuracy);
    const most = Math.max(...accuracies.filter(Number.isFinite));
    if (inPlace && most > 0) lines.push(`  ${sparkline(accuracies, most, widest)}`);
  }
  for (const { generation, accuracy } of labels)
    if (accuracy !== undefined)
      lines.push(`labels of generation ${generation}: ${percent(accuracy)} as the data set says`);
  for (const { model, task, mean } of results?.evaluations ?? [])
    lines.push(`${titleOf(model)}, ${task} task: ${percent(mean)}`);
  return lines;
}
