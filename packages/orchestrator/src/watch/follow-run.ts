import { join } from "node:path";
import { folderHolder } from "@fledge/files";
import { generationsOf, modelsOf } from "../methods/models-of.ts";
import { examplesName, liveName } from "../run/live-file.ts";
import { ofGeneration } from "../run/records.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { KeptPictures, markOf } from "./kept.ts";
import { runSections, Thumbnails } from "./run-sections.ts";
import type { Followed } from "./server.ts";
import { looksAt } from "./snapshot.ts";

/** The files of a run by which is seen that there is more to see. */
async function filesOf(path: string): Promise<string[]> {
  const config = await RunDirectory.open(path).then(
    (run) => run.config,
    () => undefined,
  );
  if (!config) return [];
  const ofLabels = generationsOf(config).map((one) => ofGeneration("pseudo-labels.csv", one));
  const ofModels = modelsOf(config).flatMap((model) => [join(model, "metrics.jsonl"), join(model, examplesName)]);
  return [liveName, "results.json", ...ofLabels, ...ofModels];
}

/** Follows the run in a folder, whether it has begun or not. @param study whose node it is, on the page above */
export function followRun(path: string, study?: string): Followed {
  const thumbnails = new Thumbnails();
  const pictures = new KeptPictures();
  const look = looksAt(path);
  let known = { config: "", files: [] as string[] };
  return {
    title: path,
    async mark() {
      const config = await markOf(join(path, "config.json"));
      if (config !== known.config) known = { config, files: await filesOf(path) };
      // A lock's time says that its process lives: whose it is counts, and that it has not gone.
      const holder = await folderHolder(path, false).catch(() => null);
      const marks = await Promise.all(known.files.map((file) => markOf(join(path, file))));
      return [holder?.split(/[;,]/)[0], config, ...marks].join("\n");
    },
    sections: async () => runSections(await look(), { thumbnails, pictures, study }),
  };
}
