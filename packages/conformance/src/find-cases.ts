import { existsSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** A folder holds no case, or none of the name that was asked for. */
class CasesNotFoundError extends Error {
  override readonly name = "CasesNotFoundError";
}

/** The case folders below `root`, or `root` itself where it is one. @throws CasesNotFoundError where there is none */
export async function findCases(root: string, filter = ""): Promise<string[]> {
  if (!existsSync(root))
    throw new CasesNotFoundError(`there is no folder ${root}; give a folder of cases, such as test/conformance/cases`);
  if (!statSync(root).isDirectory())
    throw new CasesNotFoundError(`${root} is no folder; give a folder of cases, such as test/conformance/cases`);
  if (existsSync(join(root, "case.json"))) return [root];
  const entries = await readdir(root, { withFileTypes: true });
  const cases = entries
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, "case.json")))
    .map((entry) => join(root, entry.name));
  if (cases.length === 0)
    throw new CasesNotFoundError(`${root} holds no case: a case is a folder with case.json and tensors.safetensors`);
  const chosen = cases.filter((path) => path.includes(filter)).sort();
  if (chosen.length === 0)
    throw new CasesNotFoundError(`none of the ${cases.length} cases in ${root} has "${filter}" in its name`);
  return chosen;
}
