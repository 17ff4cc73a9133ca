import { isThere } from "@fledge/files";
import { readDataset } from "@fledge/data";
import { rungFile } from "@fledge/runtime";
import type { Config } from "../../config/schema.ts";
import { kernelUsesOf } from "../../stages/programs.ts";
import { chooseKernels, defaultOf, rungOf, type Chosen } from "../../tuning/choose.ts";
import { openCache, progressLog, shapeText, warnOfLeftOut } from "../choose-kernels.ts";
import { log } from "../log.mjs";
import { textTable } from "../text-table.ts";
import { configFrom, type AdapterFlags, type ConfigFlags } from "../options.ts";
import { openGpu } from "../open-gpu.ts";

type Flags = ConfigFlags & AdapterFlags & { readonly classes?: number; readonly again: boolean; readonly json?: true };

/** As many as the models know: those that the labelled images have, or CUB's where they are not there. */
function classCount({ data }: Config): number {
  return data.knownClasses ?? (isThere(data.labelled) ? readDataset(data.labelled).classes.length : 200);
}

/** Time of the chosen rung over the default's; empty where they are one, or the default was not timed. */
function ratioText(chosen: Chosen): string {
  const { timesUs = {} } = chosen.entry ?? {};
  const [own, byDefault] = [timesUs[rungOf(chosen)], timesUs[defaultOf(chosen)]];
  return own && byDefault && rungOf(chosen) !== defaultOf(chosen) ? (own / byDefault).toFixed(2) : "";
}

const recordOf = (chosen: Chosen) => ({
  kernel: chosen.candidates.kernel,
  shape: chosen.candidates.shape,
  default: defaultOf(chosen),
  chosen: chosen.entry ? rungOf(chosen) : null,
  timesUs: chosen.entry?.timesUs ?? {},
});

function printTable(all: readonly Chosen[]): void {
  const rows = all.map((chosen) => {
    const { kernel, shape } = chosen.candidates;
    const times = Object.entries(chosen.entry?.timesUs ?? {}).map(
      ([rung, timeUs]) => `${rungFile(rung)} ${timeUs === null ? "-" : timeUs.toFixed(0)}`,
    );
    return [
      kernel,
      shapeText(shape),
      rungFile(defaultOf(chosen)),
      chosen.entry ? rungFile(rungOf(chosen)) : "not timed",
      ratioText(chosen),
      times.join(", "),
    ];
  });
  for (const line of textTable([["kernel", "shape", "default", "chosen", "time", "all, us"], ...rows]))
    console.log(line);
}

/** Times the kernels of the settings' programs and prints what is fastest. */
export async function tune(flags: Flags): Promise<void> {
  const config = configFrom(flags);
  const classes = flags.classes ?? classCount(config);
  const gpu = await openGpu(flags);
  try {
    const cache = await openCache(gpu);
    const all = await chooseKernels(gpu, kernelUsesOf(gpu, config, classes), {
      cache,
      timeMissing: true,
      again: flags.again,
      onProgress: progressLog("which may be interrupted: what is timed is kept at once"),
    });
    const several = all.filter(({ candidates: { plans, tiles } }) => plans.length + tiles.length > 1);
    if (flags.json) console.log(JSON.stringify(several.map(recordOf), null, 2));
    else printTable(several);
    warnOfLeftOut(all);
    const untried = all.reduce((sum, { entry }) => sum + (entry?.untried ?? 0), 0);
    if (untried > 0) log.info(`${untried} tiles of rungs were not tried, as the time for their kernel shape was up`);
    const others = all.filter((chosen) => rungOf(chosen) !== defaultOf(chosen));
    log.info(
      `${several.length} kernel shapes have more than one rung to choose from, ${all.length - several.length} have one; ${others.length} take another than the default. Kept in ${cache.file}`,
    );
  } finally {
    await gpu.close();
  }
}
