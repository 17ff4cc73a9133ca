import { spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

interface Report {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { readonly title: string; readonly status: string }[] }[];
}

const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const folder = fileURLToPath(new URL("./fixtures/ladder", import.meta.url));

/** Runs vitest on a folder of its own; what runs here as a test must not fail there. */
async function runLadders(): Promise<Report> {
  const child = spawn(process.execPath, [vitest, "run", "--root", folder], { stdio: ["ignore", "pipe", "ignore"] });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  await once(child, "close");
  return JSON.parse(stdout) as Report;
}

describe("ladderTests", () => {
  let report: Report;
  beforeAll(async () => {
    report = await runLadders();
  });

  const statuses = (file: string): Record<string, string> => {
    const { assertionResults } = report.testResults.find(({ name }) => basename(name) === file)!;
    return Object.fromEntries(assertionResults.map(({ title, status }) => [title, status]));
  };

  it("passes a right kernel, and says which shape it refuses and why", () => {
    expect(statuses("right.ladder.ts")).toEqual({
      "double/01-naive on a few": "passed",
      "double/01-naive on many": "passed",
      "double/01-naive refuses too many: more than 1000 elements": "passed",
    });
  });

  it.each(["one-element-missing.ladder.ts", "one-value-wrong.ladder.ts"])("fails %s on every shape", (file) => {
    expect(statuses(file)).toMatchObject({ "double/01-naive on a few": "failed", "double/01-naive on many": "failed" });
  });
});
