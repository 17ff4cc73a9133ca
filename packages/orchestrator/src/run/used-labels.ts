import type { Dataset } from "@fledge/data";
import { labellerSplit, reportedSplit } from "../stages/split.ts";
import type { RunDirectory } from "./run-directory.ts";

const pathsOf = ({ samples }: Dataset): string[] => samples.map(({ path }) => path);

/**
 * Writes `used-labels.json` of a run that does not use the labels of all its training images (data.labelledShare): the
 * images whose labels its models learn from, and those that a teacher of its own split learns from.
 */
export async function keepUsedLabels(run: RunDirectory, labelled: Dataset): Promise<void> {
  const { config } = run;
  if (config.data.labelledShare === 1) return;
  const own = config.method === "noisy-student-lite" && config.pseudoLabels.from === "own-split";
  await run.writeJson("used-labels.json", {
    models: pathsOf(reportedSplit(config, labelled).train),
    ...(own ? { labellingTeacher: pathsOf(labellerSplit(config, labelled).train) } : {}),
  });
}
