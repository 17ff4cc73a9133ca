import { isThere } from "@fledge/files";
import { generationsOf, modelsOf } from "../methods/models-of.ts";
import { ofGeneration, pseudoLabelAccuracyOf } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import type { Extension } from "../run/extension.ts";
import { nothingDone, type Done } from "./work.ts";

/** What a run that extends another has at its beginning. */
export const doneOfExtension = ({ models }: Extension): Done => ({
  ...nothingDone,
  epochs: Object.fromEntries(models.map(({ name, epochsDone }) => [name, epochsDone])),
});

/**
 * What a run holds already, as its logs and results say. Checkpoints, which decide, are not read; what is damaged counts
 * as not there, and whoever goes on with the run says what is wrong with it.
 */
export async function doneOf(run: RunDirectory): Promise<Done> {
  const results = await run.results().catch(() => undefined);
  const epochs = modelsOf(run.config).map(async (model) => {
    const logged = await run.epochs(model).catch(() => []);
    return [model, logged.length] as const;
  });
  const generations = generationsOf(run.config);
  return {
    epochs: Object.fromEntries(await Promise.all(epochs)),
    evaluations: results?.evaluations ?? [],
    labelled: generations.filter((generation) => pseudoLabelAccuracyOf(results, generation) !== undefined),
    stored: generations.filter((generation) =>
      isThere(run.file(ofGeneration("pseudo-labels.safetensors", generation))),
    ),
  };
}
