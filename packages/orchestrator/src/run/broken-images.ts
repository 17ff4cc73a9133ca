import { validateDataset, type Dataset } from "@fledge/data";
import type { RunDirectory } from "./run-directory.ts";

/** A data set without the images that cannot be decoded; `data/<role>.manifest.json` of the run names them. */
export const setBrokenAside = (
  run: RunDirectory,
  role: "labelled" | "unlabelled",
  dataset: Dataset,
  onProgress?: (done: number, total: number) => void,
): ReturnType<typeof validateDataset> => validateDataset({ ...dataset, name: role }, run.file("data"), onProgress);
