import { join } from "node:path";
import { isThere } from "@fledge/files";
import type { StudyNode } from "@fledge/study";
import { modelsOf } from "../methods/models-of.ts";
import type { NodeFacts } from "./node-facts.ts";

/**
 * The `fledge` commands that do a node's work or go on with it, in order; each is an argument list.
 * @param passed flags for every command, as those that choose an adapter
 */
export function commandsOf(
  { id, kind, needs, facts }: StudyNode & { readonly facts: NodeFacts },
  studyFolder: string,
  preset: string,
  passed: readonly string[],
): string[][] {
  const folder = join(studyFolder, id);
  const begun = isThere(join(folder, "config.json"));
  const settings = begun
    ? ["--resume"]
    : ["--preset", preset, ...facts.assignments.flatMap((assignment) => ["--set", assignment])];
  const where = ["--run", folder, ...passed];
  if (kind === "run") {
    const teacher = needs.flatMap((need) => ["--teacher-from", join(studyFolder, need)]);
    return [["reproduce", ...settings, ...where, ...teacher]];
  }
  const more = modelsOf(facts.config).includes("labelling-teacher") ? [["train", "labelling-teacher", ...where]] : [];
  return [["train", "teacher", ...settings, ...where], ...more];
}
