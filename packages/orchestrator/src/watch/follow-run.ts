import { join } from "node:path";
import { folderHolder } from "@fledge/files";
import { generationsOf, modelsOf } from "../methods/models-of.ts";
import { examplesName, liveName } from "../run/live-file.ts";
import { ofGeneration } from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { KeptFiles, KeptPictures, markOf } from "./kept.ts";
import { runSections, Thumbnails } from "./run-sections.ts";
import type { Followed } from "./server.ts";
import { snapshotOf } from "./snapshot.ts";

/** Follows the run in a folder, whether it has begun or not. */
export function followRun(path: string): Followed {
  const thumbnails = new Thumbnails();
  const pictures = new KeptPictures();
  const labels = new KeptFiles();
  let files = ["config.json"];
  return {
    title: path,
    async mark() {
      if (files.length === 1) {
        const config = await RunDirectory.open(path).then(
          (run) => run.config,
          () => undefined,
        );
        const models = config ? modelsOf(config) : [];
        const ofLabels = config ? generationsOf(config).map((one) => ofGeneration("pseudo-labels.csv", one)) : [];
        const ofModels = models.flatMap((model) => [join(model, "metrics.jsonl"), join(model, examplesName)]);
        if (models.length > 0) files = ["config.json", liveName, "results.json", ...ofLabels, ...ofModels];
      }
      // A lock's time says that its process lives: whose it is counts, and that it has not gone.
      const holder = await folderHolder(path, false).catch(() => null);
      const marks = await Promise.all(files.map((file) => markOf(join(path, file))));
      return [holder?.split(/[;,]/)[0], ...marks].join("\n");
    },
    sections: async () => runSections(await snapshotOf(path, labels), thumbnails, pictures),
  };
}
