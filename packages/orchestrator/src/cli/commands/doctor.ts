import os from "node:os";
import { isThere } from "@fledge/files";
import { listAdapters, precisions, whyNotPrecision, type AdapterDescription } from "@fledge/runtime";
import { openFilesLimit } from "../../../bin/open-files.mjs";
import { presets } from "../../config/presets.ts";
import { whereToGetWeights } from "../../stages/initial-weights.ts";
import { checkRun } from "../../run/check-run.ts";
import { openGpu } from "../open-gpu.ts";
import type { AdapterFlags } from "../options.ts";
import { ReportedFailure } from "../reported-failure.mjs";
import { log } from "../log.mjs";
import { driverLines } from "../drivers.ts";
import { explainSystemError } from "../system-errors.mjs";
import { roadLines } from "../software-road.ts";

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

const shownLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
];

/** What stands between this machine and the paper preset, a line each. */
function missingForPaper(adapter: AdapterDescription | undefined): string[] {
  const { data, network } = presets["paper-text"]!;
  const absent = (what: string, path: string, flag: string, source: string): string[] => {
    try {
      return isThere(path) ? [] : [`${what}: ${path} is not there; give its place with ${flag}; get ${source}`];
    } catch (error) {
      return [`${what}: ${explainSystemError(error)}`];
    }
  };
  return [
    ...absent(
      "labelled images",
      data.labelled,
      "--labelled",
      "CUB-200 (2010): images.tgz and lists.tgz from Caltech's data archive",
    ),
    ...absent(
      "unlabelled images",
      data.unlabelled!,
      "--unlabelled",
      "CUB_200_2011.tgz from Caltech's data archive (record 65de6-vp158)",
    ),
    ...absent("weights", network.weights!, "--weights", whereToGetWeights),
    ...(adapter ? [] : ["an adapter"]),
    ...(adapter?.software ? ["a GPU: on this software adapter the paper's 100 epochs take weeks"] : []),
  ];
}

/** The adapter that the flags ask for, or the sentence why there is none. */
async function adapterFor(flags: AdapterFlags): Promise<AdapterDescription | string> {
  try {
    const gpu = await openGpu(flags);
    await gpu.close();
    return gpu.adapter;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Which values of `training.precision` an adapter can compute, and why not the others. */
function precisionLine(adapter: AdapterDescription): string {
  const traits = { ...adapter, features: new Set(adapter.features) };
  const all = precisions.map((precision) => [precision, whyNotPrecision(precision, traits)] as const);
  const able = all.filter(([, reason]) => reason === null).map(([precision]) => precision);
  const unable = all.flatMap(([precision, reason]) => (reason === null ? [] : [`; not ${precision}: ${reason}`]));
  return `precision     ${able.join(", ")}${unable.join("")}`;
}

function adapterLines(adapter: AdapterDescription, others: readonly string[]): string[] {
  const limit = (name: string): string => {
    const value = adapter.limits[name]!;
    return name.endsWith("Size") && name !== "maxComputeWorkgroupStorageSize" ? mib(value) : String(value);
  };
  return [
    `adapter       ${adapter.name} (${adapter.software ? "software" : "GPU"}), vendor ${adapter.vendor}, architecture ${adapter.architecture}`,
    `driver        ${adapter.driver}`,
    ...roadLines(adapter),
    `others        ${others.join(", ") || "none"}`,
    `features      ${adapter.features.join(" ")}`,
    precisionLine(adapter),
    `subgroups     ${adapter.subgroupSize > 1 ? `${adapter.subgroupSize} lanes` : "none"}`,
    ...shownLimits.map((name) => `limit         ${name} ${limit(name)}`),
  ];
}

/** Prints what is wrong with a run, a line each. @throws ReportedFailure where anything is */
async function doctorRun(path: string, json: true | undefined): Promise<void> {
  const faults: string[] = [];
  for await (const finding of checkRun(path)) {
    if (!json) console.log(finding);
    faults.push(finding);
  }
  if (json) console.log(JSON.stringify({ run: path, faults }, null, 2));
  if (faults.length > 0) throw new ReportedFailure();
  log.success(
    `${path} is whole: every checkpoint is as it was written, every record can be read, and every stage is complete`,
  );
}

/** Prints what this machine computes on, or what is wrong with a run. @throws ReportedFailure */
export async function doctor(flags: AdapterFlags & { readonly run?: string; readonly json?: true }): Promise<void> {
  if (flags.run !== undefined) return doctorRun(flags.run, flags.json);
  const found = await adapterFor(flags);
  const adapter = typeof found === "string" ? undefined : found;
  const names = (await listAdapters()).map(({ description }) => description.name);
  const others = names.filter((name) => name !== adapter?.name);
  const missing = missingForPaper(adapter);
  const machine = {
    memoryBytes: os.totalmem(),
    freeMemoryBytes: os.freemem(),
    cores: os.availableParallelism(),
    openFiles: openFilesLimit() ?? null,
    node: process.version,
    system: `${os.type()} ${os.arch()}`,
  };
  const lines = [
    ...(adapter
      ? adapterLines(adapter, others)
      : ["adapter       none", `others        ${others.join(", ") || "none"}`]),
    ...(names.length === 0 ? driverLines() : []),
    `memory        ${gib(machine.memoryBytes)}, ${gib(machine.freeMemoryBytes)} free; ${machine.cores} CPU cores`,
    `open files    ${machine.openFiles ?? "no limit"}`,
    `node          ${machine.node} on ${machine.system}`,
    ...missing.map((line) => `for "paper"   missing ${line}`),
  ];
  const facts = { adapter: adapter ?? null, others, machine, missingForPaper: missing };
  console.log(flags.json ? JSON.stringify(facts, null, 2) : lines.join("\n"));
  if (typeof found !== "string") return;
  log.error(found);
  throw new ReportedFailure();
}
