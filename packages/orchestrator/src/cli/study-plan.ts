import { DataError } from "@fledge/data";
import { markdownTable } from "markdown-table";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { modelsOf } from "../methods/models-of.ts";
import { choicesOf } from "../run/kernels-file.ts";
import { familyOf } from "../stages/batches.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { epochsOf } from "../stages/programs.ts";
import { assignmentsOf } from "../study/node-facts.ts";
import { openStudy, type OpenStudy, type StudyPlace } from "../study/open-study.ts";
import { studyCost, type NodeCost, type StudyCost } from "../study/study-cost.ts";
import { bytesText, flopText } from "./amounts.ts";
import { knownKernels } from "./choose-kernels.ts";
import { leftOf } from "./cost-text.ts";
import { findData } from "./data.ts";
import { openGpuToMeasure } from "./dry-run.ts";
import { duration } from "./duration.ts";
import { log, quietFor } from "./log.mjs";
import type { AdapterFlags, TuningFlags } from "./options.ts";

export type PlanFlags = StudyPlace & AdapterFlags & TuningFlags & { readonly measure: boolean; readonly json?: true };

/** Finds the images of each configuration, each set once. */
function dataFinder(): (config: Config) => PaperData {
  const found = new Map<string, PaperData>();
  return (config) => {
    const key = JSON.stringify([config.data, config.split]);
    let data = found.get(key);
    if (!data) found.set(key, (data = findData(config)));
    return data;
  };
}

/** The cost of a study; undefined where its images are not there, which is said. */
async function costOf(
  open: OpenStudy,
  flags: PlanFlags,
): Promise<{ cost: StudyCost; adapter: string | null } | undefined> {
  const dataOf = dataFinder();
  try {
    for (const { facts } of open.nodes) dataOf(facts.config);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof DataError)) throw error;
    log.warn(`${error.message}. Without the images there are no steps to count: this is the graph alone`);
    return undefined;
  }
  const gpu = flags.measure ? ((await openGpuToMeasure(flags)) ?? null) : null;
  if (gpu) log.info("measuring a few steps of each distinct program; --no-measure only counts");
  try {
    const cost = await studyCost(open, {
      gpu,
      dataOf,
      choicesFor: async (config, classes) =>
        gpu ? choicesOf(await knownKernels(gpu, config, classes, flags.tune)) : {},
      onNode: (done, of) => {
        if (gpu && done > 0 && done % 10 === 0) log.info(`${done} of ${of} nodes`);
      },
    });
    return { cost, adapter: gpu?.adapter.name ?? null };
  } finally {
    await gpu?.close();
  }
}

/** What a node's row says of its cost; of a node that is done no time. */
function figures({ cost }: NodeCost, measured: boolean): string[] {
  const { steps, flops, secondsLeft, diskBytes } = cost;
  const time = secondsLeft === null ? "" : duration(secondsLeft);
  return [leftOf(steps), leftOf(flops, flopText), ...(measured ? [time] : []), bytesText(diskBytes)];
}

function printGraph({ nodes, study }: OpenStudy, cost: StudyCost | undefined): void {
  const measured = cost !== undefined && cost.secondsLeft !== null;
  const rows = nodes.map(({ id, kind, needs, facts: { config }, run: { variant } }, index) => {
    const models = modelsOf(config).filter((name) => (kind === "teacher") === (familyOf(name) === "teachers"));
    const own = kind === "teacher" ? "" : assignmentsOf(study.variants[variant]!).join(" ");
    const trained = models.map((name) => `${name} ${epochsOf(config, name)}`).join(", ");
    return [id, needs.join(" "), trained, ...(cost ? figures(cost.nodes[index]!, measured) : []), own];
  });
  const header = [
    "node",
    "after",
    "models, epochs",
    ...(cost ? ["steps", "FLOP", ...(measured ? ["time"] : []), "disk"] : []),
    "settings",
  ];
  console.log(markdownTable([header, ...rows]));
  const teachers = nodes.filter(({ kind }) => kind === "teacher").length;
  console.log(`\n${nodes.length - teachers} runs, ${teachers} teachers that they share`);
}

function printSums(
  { steps, flops, memoryBytes, diskBytes, secondsLeft, measuredPrograms }: StudyCost,
  adapter: string | null,
): void {
  console.log(`steps   ${leftOf(steps)}`);
  console.log(`FLOP    ${leftOf(flops, flopText)}`);
  console.log(`memory  ${bytesText(memoryBytes)} on the device at the most, of one node`);
  console.log(`disk    about ${bytesText(diskBytes)} in the end`);
  if (secondsLeft === null) return;
  const left = steps.left < steps.whole ? " left" : "";
  console.log(
    `time    about ${duration(secondsLeft)}${left} on ${adapter}, one node after another, from ${measuredPrograms} distinct programs ` +
      "measured here; starting a command, looking for broken images and reports are not counted",
  );
}

/** Prints a study's graph with its cost, before anything runs. @throws StudyError, UsageError */
async function print(file: string, flags: PlanFlags): Promise<void> {
  const open = await openStudy(file, flags);
  const costed = await costOf(open, flags);
  if (flags.json) {
    const { adapter = null, cost } = costed ?? {};
    const nodes = open.nodes.map(({ id, kind, needs }, index) => ({ id, kind, needs, cost: cost?.nodes[index]!.cost }));
    console.log(JSON.stringify({ study: open.study.name, scale: open.scale, adapter, ...cost, nodes }, null, 2));
    return;
  }
  printGraph(open, costed?.cost);
  if (costed) printSums(costed.cost, costed.adapter);
}

/** `fledge study plan`. */
export const planStudy = (file: string, flags: PlanFlags): Promise<void> =>
  quietFor(flags.json === true, () => print(file, flags));
