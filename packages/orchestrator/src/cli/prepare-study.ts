import { fewSeeds } from "@fledge/study";
import { presets } from "../config/presets.ts";
import { keepStudy } from "../study/keep-study.ts";
import type { OpenStudy } from "../study/open-study.ts";
import { drawMissingDemoData } from "./commands/dataset.ts";
import { findData } from "./data.ts";
import { log } from "./log.mjs";
import type { AdapterFlags, TuningFlags } from "./options.ts";

/** The flags that every command of a study gets. */
export function passedOn({ adapter, power, software, tune }: AdapterFlags & TuningFlags): string[] {
  return [
    ...(adapter === undefined ? [] : ["--adapter", adapter]),
    ...(power === undefined ? [] : ["--power", power]),
    "--software",
    software,
    ...(tune ? [] : ["--no-tune"]),
  ];
}

/** The demo's own data are drawn where they are not there yet, as "fledge demo" does. */
async function drawMissing({ nodes }: OpenStudy): Promise<void> {
  const { labelled } = presets["demo"]!.data;
  if (nodes.some(({ facts: { config } }) => config.data.labelled === labelled)) await drawMissingDemoData();
}

/** Every data set that the study's runs name is there and fits, before anything long begins. @throws UsageError, DataError */
function checkData({ nodes }: OpenStudy): void {
  const distinct = new Map(nodes.map(({ facts: { config } }) => [JSON.stringify([config.data, config.split]), config]));
  for (const config of distinct.values()) findData(config);
}

/** Sees to a study's data and its folder, before any node begins, and says where its seeds are few. @throws UsageError, DataError */
export async function prepareStudy(open: OpenStudy): Promise<void> {
  await drawMissing(open);
  checkData(open);
  await keepStudy(open);
  const few = fewSeeds(open.study.seeds.length);
  if (few !== undefined) log.warn(few);
}
