import { existsSync } from "node:fs";
import os from "node:os";
import { listAdapters } from "@fledge/runtime";
import type { Command } from "commander";
import { presets } from "../../config/presets.ts";
import { whereToGetWeights } from "../../stages/initial-weights.ts";
import { checkRun } from "../../run/check-run.ts";
import { log } from "../log.ts";
import { ReportedFailure } from "../reported-failure.ts";
import { openGpu } from "../open-session.ts";
import { withAdapter, type AdapterFlags } from "../options.ts";

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
function missingForPaper(software: boolean): string[] {
  const { data, network } = presets["paper-text"]!;
  const absent = (what: string, path: string, flag: string, source: string): string[] =>
    existsSync(path) ? [] : [`${what}: ${path} is not there; give its place with ${flag}; get ${source}`];
  return [
    ...absent(
      "labelled images",
      data.labelled,
      "--labelled",
      "CUB-200 (2010): images.tgz and lists.tgz from Caltech's data archive",
    ),
    ...absent(
      "unlabelled images",
      data.unlabelled,
      "--unlabelled",
      "CUB_200_2011.tgz from Caltech's data archive (record 65de6-vp158)",
    ),
    ...absent("weights", network.weights!, "--weights", whereToGetWeights),
    ...(software ? ["a GPU: on this software adapter the paper's 100 epochs take weeks"] : []),
  ];
}

/** Prints what is wrong with a run, a line each. @throws ReportedFailure where anything is */
async function doctorRun(path: string): Promise<void> {
  let faults = 0;
  for await (const finding of checkRun(path)) {
    console.log(finding);
    faults += 1;
  }
  if (faults > 0) throw new ReportedFailure();
  log.success(`${path} is whole: every file is as it was written, and every stage is complete`);
}

export function register(program: Command): void {
  const command = program
    .command("doctor")
    .description("say what this machine computes on, its limits, and what is missing for the paper preset")
    .option(
      "--run <dir>",
      "check the files of this run instead; exit code 1 where one is damaged or a stage is missing",
    );
  withAdapter(command).action(async (flags: AdapterFlags & { readonly run?: string }) => {
    if (flags.run !== undefined) return doctorRun(flags.run);
    const gpu = await openGpu(flags);
    const { adapter } = gpu;
    await gpu.close();
    const others = (await listAdapters())
      .map(({ description }) => description.name)
      .filter((name) => name !== adapter.name);
    const lines = [
      `adapter       ${adapter.name} (${adapter.software ? "software" : "GPU"}), vendor ${adapter.vendor}, architecture ${adapter.architecture}`,
      `driver        ${adapter.driver}`,
      `others        ${others.join(", ") || "none"}`,
      `features      ${adapter.features.join(" ")}`,
      `subgroups     ${adapter.subgroupSize > 1 ? `${adapter.subgroupSize} lanes` : "none"}`,
      ...shownLimits.map(
        (name) =>
          `limit         ${name} ${name.endsWith("Size") && name !== "maxComputeWorkgroupStorageSize" ? mib(adapter.limits[name]!) : adapter.limits[name]}`,
      ),
      `memory        ${gib(os.totalmem())}, ${gib(os.freemem())} free; ${os.availableParallelism()} CPU cores`,
      `node          ${process.version} on ${os.type()} ${os.arch()}`,
      ...missingForPaper(adapter.software).map((line) => `for "paper"   missing ${line}`),
    ];
    console.log(lines.join("\n"));
  });
}
