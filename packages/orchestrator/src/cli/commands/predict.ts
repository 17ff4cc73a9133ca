import { findImages, printable } from "@fledge/data";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { UsageError } from "../../config/resolve.ts";
import { onDevice } from "../../model-files/network-on-device.ts";
import { openModel, type ModelFlags } from "../../model-files/open-model.ts";
import { predictImages, type Predictions } from "../../predict/predict-images.ts";
import {
  predictionRows,
  predictionsCsv,
  predictionsJson,
  predictionsPage,
  type PredictionReport,
} from "../../predict/write-predictions.ts";
import { log } from "../log.mjs";
import { openGpu } from "../open-gpu.ts";
import type { AdapterFlags } from "../options.ts";
import { Progress } from "../progress.ts";
import { textTable } from "../text-table.ts";
import { defaultPage } from "./predict.mjs";

type Flags = ModelFlags &
  AdapterFlags & {
    readonly top: number;
    readonly json?: true;
    readonly csv?: true;
    readonly page?: string | true;
    readonly batchSize: number;
  };

/** Set-aside files that are named on the console; the page and JSON name all. */
const mostNamed = 10;

function tellSetAside({ setAside }: Predictions): void {
  if (setAside.length === 0) return;
  log.warn(`set aside, for they cannot be read as images: ${setAside.length}`);
  for (const { reason } of setAside.slice(0, mostNamed)) log.warn(printable(reason));
  if (setAside.length > mostNamed) log.warn(`and ${setAside.length - mostNamed} more, which --json and --page name`);
}

function printed(report: PredictionReport, { json, csv }: Flags): string {
  if (json) return predictionsJson(report);
  if (csv) return predictionsCsv(report);
  return `${textTable(predictionRows(report), 60).join("\n")}\n`;
}

/** Lets a model predict images, and prints what it says of each. */
export async function predict(path: string, images: readonly string[], flags: Flags): Promise<void> {
  if (flags.json && flags.csv) throw new UsageError("--json and --csv are two forms of one output: give one of them");
  const page = flags.page === true ? defaultPage : flags.page;
  const opened = await openModel(path, flags);
  const { classes, preprocessing } = opened.card;
  if (preprocessing === null)
    throw new UsageError(
      `${printable(opened.file)} does not say how large its images are: give the side of what it sees with --image-size, as 224 for torchvision's weights`,
    );
  if (classes === null && flags.classes === undefined)
    throw new UsageError(
      `${printable(opened.file)} does not name its ${opened.size.classes} classes: give a file with a name in each line with --classes, or "--classes none" for their numbers`,
    );
  const found = findImages(images);
  if (page !== undefined) await checkWritable(page);
  for (const note of opened.notes) log.info(note);
  const gpu = await openGpu(flags);
  let progress: Progress | undefined;
  try {
    const model = onDevice(gpu, opened, preprocessing.crop);
    progress = new Progress("predicting", found.files.length);
    const predictions = await predictImages(model, found.files, {
      preprocessing,
      top: flags.top,
      batchSize: flags.batchSize,
      onProgress: (done) => progress!.reach(done),
    });
    progress.close();
    const report = {
      ...predictions,
      setAside: [...found.setAside, ...predictions.setAside],
      model: opened.file,
      classes,
    };
    tellSetAside(report);
    if (report.images.length === 0) throw new UsageError("none of these files can be read as an image");
    process.stdout.write(printed(report, flags));
    if (page !== undefined) {
      await writeFileWhole(page, await predictionsPage(report));
      log.success(`written: ${page}`);
    }
    await model.release();
  } finally {
    progress?.close();
    await gpu.close();
  }
}
