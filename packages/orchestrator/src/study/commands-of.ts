import { join } from "node:path";
import { isThere } from "@fledge/files";
import type { StudyNode } from "@fledge/study";
import { modelsOf, reportedModels } from "../methods/models-of.ts";
import { onlyFlags } from "./evaluations.ts";
import type { NodeFacts } from "./node-facts.ts";

/** What measures a run's models once they are trained. */
function measuring({ evaluations, config }: NodeFacts, folder: string, passed: readonly string[]): string[][] {
  if (evaluations.length === 0) return [];
  // The kernels are those of the run. Ratios to a reference are not compared, and not every method has a teacher.
  const adapter = passed.filter((flag) => flag !== "--no-tune");
  const reference = ["--reference", reportedModels(config)[0]!];
  return [["robustness", "--run", folder, ...adapter, ...reference, ...onlyFlags(evaluations)]];
}

/**
 * The `fledge` commands that do a node's work or go on with it, in order; each is an argument list.
 * @param passed flags for every command, as those that choose an adapter
 */
export function commandsOf(
  { id, kind, needs, facts }: StudyNode & { readonly facts: NodeFacts },
  studyFolder: string,
  passed: readonly string[],
): string[][] {
  const folder = join(studyFolder, id);
  const begun = isThere(join(folder, "config.json"));
  const settings = begun
    ? ["--resume"]
    : ["--preset", facts.preset, ...facts.assignments.flatMap((assignment) => ["--set", assignment])];
  const where = ["--run", folder, ...passed];
  if (kind === "run") {
    const teacher = needs.flatMap((need) => ["--teacher-from", join(studyFolder, need)]);
    return [["reproduce", ...settings, ...where, ...teacher], ...measuring(facts, folder, passed)];
  }
  const more = modelsOf(facts.config).includes("labelling-teacher") ? [["train", "labelling-teacher", ...where]] : [];
  return [["train", "teacher", ...settings, ...where], ...more];
}
