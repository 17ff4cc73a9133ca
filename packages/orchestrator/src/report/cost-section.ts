import { bytesText, flopText } from "../cli/amounts.ts";
import { duration } from "../cli/duration.ts";
import type { CostFile } from "../run/cost-file.ts";
import { escapeHtml } from "./escape-html.ts";
import type { Curve } from "./learning-curve.ts";
import { percent } from "./percent.ts";
import { htmlTable } from "./text-table.ts";

/** A model's curve under its own name. */
export interface ModelCurve extends Curve {
  readonly model: string;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Operations of a model's work in the run's plan; null where that does not say. */
function flopsOf(cost: CostFile | undefined, model: string): number | null {
  const rows = (cost?.rows ?? []).filter((row) => row.model === model);
  return rows.length === 0 ? null : sum(rows.map(({ flops }) => flops));
}

function trainingRow({ name, model, epochs }: ModelCurve, cost: CostFile | undefined): string[] {
  const [images, seconds, waited] = (["images", "seconds", "dataWaitSeconds"] as const).map((key) =>
    sum(epochs.map((record) => record[key])),
  ) as [number, number, number];
  const flops = flopsOf(cost, model);
  return [
    name,
    String(epochs.length),
    String(images),
    duration(seconds),
    seconds > 0 ? (images / seconds).toFixed(1) : "N/A",
    seconds > 0 ? percent(waited / seconds) : "N/A",
    flops === null ? "N/A" : flopText(flops),
  ];
}

const trainingColumns = ["Model", "Epochs", "Images", "Training", "Images/s", "Waiting for data", "Operations"];

function commandsHtml({ commands, rows, deviceMemoryBytes }: CostFile): string {
  const table = htmlTable(
    ["Started", "Command", "Time", "CPU time", "Peak memory"],
    commands.map(({ startedAt, command, seconds, cpuSeconds, peakMemoryBytes }) => [
      startedAt.slice(0, 19).replace("T", " "),
      command,
      duration(seconds),
      duration(cpuSeconds),
      bytesText(peakMemoryBytes),
    ]),
  );
  const planned =
    rows.length === 0
      ? ""
      : ` By the plan: ${flopText(sum(rows.map(({ flops }) => flops)))} in all, ${bytesText(deviceMemoryBytes)} on the device at the most.`;
  const cpu = sum(commands.map(({ cpuSeconds }) => cpuSeconds));
  return `${table}
<p class="note">${escapeHtml(`In all ${duration(sum(commands.map(({ seconds }) => seconds)))}, ${duration(cpu)} of CPU time. CPU time and memory are of the whole process, the software driver and the loader's threads included; what a command did after its last epoch is missing where it was cut off.${planned}`)}</p>`;
}

/** What a run has cost: its training by model, and its commands; empty where nothing is trained. @param cost undefined in runs of earlier versions */
export function costSection(curves: readonly ModelCurve[], cost: CostFile | undefined): string {
  if (curves.length === 0) return "";
  const table = htmlTable(
    trainingColumns,
    curves.map((curve) => trainingRow(curve, cost)),
  );
  const commands =
    cost === undefined
      ? '<p class="note">This run was begun by an earlier version of Fledge, which kept neither CPU time and memory nor its operations.</p>'
      : commandsHtml(cost);
  return `<h2>What it cost</h2>
${table}
<p class="note">Training is the passes over the training images alone; Operations are those of the model's whole work: training, validation, labelling and evaluation.</p>
${commands}
`;
}
