import { stat } from "node:fs/promises";
import { join } from "node:path";
import { folderHolder } from "@fledge/files";
import { modelsOf } from "../methods/models-of.ts";
import { examplesName, liveName } from "../run/live-file.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { runSections, Thumbnails } from "./run-sections.ts";
import type { Followed } from "./server.ts";
import { snapshotOf } from "./snapshot.ts";

/** A file's size and time; empty where it is not there. */
const markOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
    () => "",
  );

/** Follows the run in a folder, whether it has begun or not. */
export function followRun(path: string): Followed {
  const thumbnails = new Thumbnails();
  let files = ["config.json"];
  return {
    title: path,
    async mark() {
      if (files.length === 1) {
        const models = await RunDirectory.open(path).then(
          ({ config }) => modelsOf(config),
          () => [],
        );
        const ofModels = models.flatMap((model) => [join(model, "metrics.jsonl"), join(model, examplesName)]);
        if (models.length > 0) files = ["config.json", liveName, "results.json", "pseudo-labels.csv", ...ofModels];
      }
      // A lock's time says that its process lives: whose it is counts, and that it has not gone.
      const holder = await folderHolder(path, false).catch(() => null);
      const marks = await Promise.all(files.map((file) => markOf(join(path, file))));
      return [holder?.split(/[;,]/)[0], ...marks].join("\n");
    },
    sections: async () => runSections(await snapshotOf(path), thumbnails),
  };
}
