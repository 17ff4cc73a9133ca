import { dirname, join } from "node:path";
import { isThere } from "@fledge/files";
import { makeDemoDataset } from "@fledge/drawn-birds";
import { presets } from "../../config/presets.ts";
import { UsageError } from "../../config/resolve.ts";
import { log } from "../log.mjs";
import { Progress } from "../progress.ts";

interface DemoFlags {
  readonly seed?: number;
  readonly species?: number;
}

/** Draws the demo data set into a folder, with progress. */
export async function drawDemoData(folder: string, { seed, species }: DemoFlags): Promise<void> {
  log.info(`drawing birds into ${folder}`);
  let progress: Progress | undefined;
  const summary = await makeDemoDataset(folder, {
    ...(seed === undefined ? {} : { seed }),
    ...(species === undefined ? {} : { speciesCount: species }),
    onProgress: (done: number, total: number) => {
      progress ??= new Progress("drawing birds", total);
      progress.reach(done);
    },
  })
    .finally(() => progress?.close())
    .catch((error: unknown) => {
      throw error instanceof RangeError ? new UsageError(error.message) : error;
    });
  log.success(
    `${summary.dir}: ${summary.images2010} labelled images (CUB_200_2010) and ${summary.images2011} others (CUB_200_2011) of ` +
      `${summary.classes.length} species; ${summary.overlapPairs} of the first are repeated among the second`,
  );
}

/** The demo preset's data, drawn where they are not there yet. */
export async function drawMissingDemoData(): Promise<void> {
  const folder = dirname(presets["demo"]!.data.labelled);
  if (isThere(join(folder, "manifest.json"))) log.info(`the demo data are in ${folder} already`);
  else await drawDemoData(folder, {});
}
