import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isPartial } from "@fledge/files";

/** What a command writes into a run when it begins to go on with it. */
const atEveryStart: readonly string[] = [
  "cost.json",
  "environment.json",
  "inputs.json",
  "kernels.json",
  "live.jsonl",
  "run.lock",
];

/** What a run's folder holds of finished work, with the times of its files: another text says that more was saved. */
export async function savedIn(run: string): Promise<string> {
  const names = await readdir(run, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const kept = names.filter((name) => !atEveryStart.includes(name) && !isPartial(name)).sort();
  const times = await Promise.all(
    kept.map(async (name) => {
      const found = await stat(join(run, name)).catch(() => undefined);
      return found?.isFile() ? `${name} ${found.mtimeMs}` : "";
    }),
  );
  return times.filter((line) => line !== "").join("\n");
}
