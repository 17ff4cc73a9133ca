import { duration } from "../cli/duration.ts";
import { sparkline } from "../compare/comparison-text.ts";
import { percent } from "../report/percent.ts";
import { titleOf } from "../report/tables.ts";
import type { RunSnapshot, WatchedModel } from "./snapshot.ts";

const share = (value: number): string => (Number.isFinite(value) ? percent(value) : "none");

/** What happens now, in a line; empty where nothing does. */
export function nowText({ state, now: { training, step, notes } }: RunSnapshot): string {
  if (state !== "running") return "";
  const last = notes.at(-1);
  if (!training) return last ?? "";
  if (training.epochsDone >= training.epochs) return last ?? `${training.model} is trained`;
  const at = `${training.model}, epoch ${training.epochsDone + 1} of ${training.epochs}`;
  if (!step) return at;
  const { step: number, steps, loss, accuracy, learningRate, images, seconds, dataWaitSeconds } = step;
  return (
    `${at}, step ${number + 1} of ${steps}: loss ${loss.toFixed(3)}, accuracy ${share(accuracy)}, learning rate ${Number(learningRate.toPrecision(3))}, ` +
    `${(images / seconds).toFixed(1)} images/s, ${percent(dataWaitSeconds / seconds)} of the time waiting for data`
  );
}

/** How long the rest of a model's epochs takes at the pace of its last ones; empty before the first. */
function leftText({ epochs, records }: WatchedModel): string {
  const last = records.at(-1);
  const left = epochs - records.length;
  if (!last || left <= 0) return "";
  const same = records.filter(({ phase }) => phase === last.phase);
  const each = same.reduce((sum, { seconds }) => sum + seconds, 0) / same.length;
  return `about ${duration(each * left)} of training left`;
}

/** A model in a line: how far it is and where it stands. */
export function modelText(watched: WatchedModel): string {
  const { model, epochs, records } = watched;
  const last = records.at(-1);
  if (!last) return `${titleOf(model)}: not begun, ${epochs} epochs`;
  const best = Math.max(...records.filter((record) => record.best).map((record) => record.validationAccuracy));
  const labels =
    last.pseudoLabelAccuracy === undefined ? "" : `, pseudo-labels ${share(last.pseudoLabelAccuracy)} right`;
  const left = leftText(watched);
  return (
    `${titleOf(model)}: ${records.length} of ${epochs} epochs; loss ${last.trainLoss.toFixed(3)}, validation ${share(last.validationAccuracy)}` +
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
    lines.push(modelText(watched));
    const accuracies = watched.records.map((record) => record.validationAccuracy);
    const most = Math.max(...accuracies.filter(Number.isFinite));
    if (inPlace && most > 0) lines.push(`  ${sparkline(accuracies, most)}`);
  }
  for (const { generation, accuracy } of labels)
    if (accuracy !== undefined)
      lines.push(`labels of generation ${generation}: ${percent(accuracy)} as the data set says`);
  for (const { model, task, mean } of results?.evaluations ?? [])
    lines.push(`${titleOf(model)}, ${task} task: ${percent(mean)}`);
  return lines;
}
