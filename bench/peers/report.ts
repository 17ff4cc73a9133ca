// The Markdown page of a run.
import { renderTable, threeDigits, type Spread } from "@fledge/bench";
import { goalResults } from "./goals.ts";
import {
  disagrees,
  entryOf,
  gflopsOf,
  ratioOf,
  timeOf,
  titleOf,
  type CaseResult,
  type ContenderResult,
  type PeersResult,
} from "./results.ts";
import type { Kind } from "./tasks.ts";

const headings: Readonly<Record<Kind, string>> = {
  train: "Training step",
  forward: "Forward pass",
  conv: "Convolutions",
  batchnorm: "BatchNorm in training",
};

const duration = (ms: number): string => (ms >= 1000 ? `${threeDigits(ms / 1000)} s` : `${threeDigits(ms)} ms`);
const range = ({ p10, p90 }: Spread, show: (value: number) => string): string => `${show(p10)} to ${show(p90)}`;
const times = (value: number): string => `${threeDigits(value)}x`;
function ownCell(result: CaseResult): string {
  const time = timeOf(result, "fledge");
  if (!time) return "failed";
  const gflops = gflopsOf(result);
  const rate = gflops === null ? "" : `, ${threeDigits(gflops)} GFLOPS`;
  return `${duration(time.median)} (${range(time, duration)})${rate}`;
}

function peerCell(result: CaseResult, peer: string): string {
  const entry = entryOf(result, peer);
  const [time, ratio] = [timeOf(result, peer), ratioOf(result, peer)];
  if (!entry) return "";
  if (!time || !ratio) return "failed";
  const note = disagrees(result, entry) ? ", disagrees" : entry.error === undefined ? "" : ", then failed";
  return `${duration(time.median)}, ${times(ratio.median)} (${range(ratio, times)})${note}`;
}

function section(run: PeersResult, kind: Kind): string {
  const cases = run.cases.filter(({ task }) => task.kind === kind);
  if (cases.length === 0) return "";
  const peers = run.contenders.filter(({ id }) => id !== "fledge" && cases.some((result) => entryOf(result, id)));
  const rows = cases.map((result) => [result.name, ownCell(result), ...peers.map(({ id }) => peerCell(result, id))]);
  return `## ${headings[kind]}\n\n${renderTable(["", "Fledge", ...peers.map(({ title }) => title)], rows)}\n`;
}

function goalSection(run: PeersResult): string {
  const results = goalResults(run);
  if (results.length === 0) return "";
  const rows = results.map(({ case: name, peer, ratio, measured, reached }) => [
    name,
    titleOf(run, peer),
    times(measured),
    `at least ${times(ratio)}`,
    reached ? "reached" : "not reached",
  ]);
  const table = renderTable(["", "peer", "its time over Fledge's", "goal", ""], rows);
  return `## Goals\n\nSet for Mesa's lavapipe on two CPU cores.\n\n${table}\n`;
}

function lossSection(run: PeersResult): string {
  const losses = run.cases.flatMap((result) =>
    result.entries.flatMap(({ contender }) => {
      const ratio = contender === "fledge" ? null : ratioOf(result, contender);
      if (!ratio || ratio.median >= 1) return [];
      return [`- ${result.name}: ${titleOf(run, contender)} is ${times(1 / ratio.median)} as fast.`];
    }),
  );
  return `## Where Fledge is slower\n\n${losses.length === 0 ? "Nowhere in this run." : losses.join("\n")}\n`;
}

const firstLine = (text: string): string => text.trim().split("\n")[0]!;

function agreementSection(run: PeersResult): string {
  const rows = run.contenders
    .filter(({ id, absent }) => id !== "fledge" && absent === undefined)
    .map(({ id, title }) => [
      title,
      ...(Object.keys(headings) as Kind[]).map((kind) => greatestDifference(run, id, kind)),
    ]);
  const failures = run.cases.flatMap((result) =>
    result.entries.flatMap(({ contender, error }) =>
      error === undefined ? [] : [`- ${result.name}: ${titleOf(run, contender)} failed: ${firstLine(error)}`],
    ),
  );
  const table = renderTable(["", ...Object.values(headings)], rows);
  const text =
    "Greatest difference from Fledge's results, as a share of their greatest magnitude, and what is allowed: all elements of " +
    "gradients, activations and logits; of training, the losses of the first two steps from the same weights.";
  return `## Agreement\n\n${text}\n\n${table}\n${failures.length === 0 ? "" : `\n${failures.join("\n")}\n`}`;
}

function greatestDifference(run: PeersResult, peer: string, kind: Kind): string {
  const found = run.cases.flatMap((result) => {
    const difference = (result.task.kind === kind ? entryOf(result, peer)?.difference : null) ?? null;
    return difference === null ? [] : [{ difference, tolerance: result.tolerance }];
  });
  if (found.length === 0) return "";
  const worst = Math.max(...found.map(({ difference }) => difference));
  return `${worst.toExponential(1)} of ${found[0]!.tolerance.toExponential(0)}`;
}

const describeContender = ({ title, versions, absent }: ContenderResult): string => {
  const listed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `- ${title}: ${absent === undefined ? listed.join(", ") : `absent: ${firstLine(absent)}`}`;
};

function setup({ date, environment, adapter, settings, contenders }: PeersResult): string {
  const { cpu, cores, node, commit } = environment;
  const lines = [
    `Measured on ${date.slice(0, 10)} by \`${settings.command}\` at commit ${commit ?? "unknown"}: ` +
      `${adapter.name}, ${adapter.driver}; ${cpu}, ${cores} cores; Node ${node}.`,
    "",
    ...contenders.filter(({ id }) => id !== "fledge").map(describeContender),
    "",
    `Times are medians over ${settings.rounds} rounds (${settings.slowRounds} for what takes above 20 s), in brackets the 10th to ` +
      "90th percentile. A ratio is the peer's time over Fledge's in the same round: above 1x Fledge is faster. How it is " +
      "measured: [peers/README.md](../peers/README.md).",
  ];
  return `${lines.join("\n")}\n`;
}

/** @param chart the chart's file name, beside the page */
export function renderReport(run: PeersResult, chart: string): string {
  const kinds = Object.keys(headings) as Kind[];
  const parts = [
    "# Fledge beside its peers\n",
    setup(run),
    goalSection(run),
    `![Each peer's time over Fledge's](${chart})\n`,
    ...kinds.map((kind) => section(run, kind)),
    lossSection(run),
    agreementSection(run),
  ];
  return parts.filter((part) => part !== "").join("\n");
}
