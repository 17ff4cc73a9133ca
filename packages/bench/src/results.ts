import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

/** The file that `--json FILE` or the environment variable FLEDGE_BENCH_JSON names, if any. */
export function resultsFile(args: readonly string[] = process.argv.slice(2), env: NodeJS.ProcessEnv = process.env): string | undefined {
  const { values } = parseArgs({ args: [...args], options: { json: { type: "string" } }, strict: true });
  return values.json ?? env["FLEDGE_BENCH_JSON"];
}

/**
 * Writes `result` under `title` into the JSON object of `file`, beside the titles already there; written whole or not at all.
 * @throws if the file is there and is no JSON object
 */
export function saveResult(file: string, title: string, result: unknown): void {
  let results: unknown = {};
  if (existsSync(file)) {
    try {
      results = JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      throw new Error(`${file} is no JSON file of benchmark results; name another with --json`, { cause: error });
    }
  }
  if (typeof results !== "object" || results === null || Array.isArray(results)) {
    throw new Error(`${file} holds no object of benchmark results; name another with --json`);
  }
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, `${JSON.stringify({ ...results, [title]: result }, null, 2)}\n`);
  renameSync(partial, file);
}
