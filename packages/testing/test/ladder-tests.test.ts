import { spawn } from "node:child_process";
import { once } from "node:events";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

async function runLadders(): Promise<Report> {
  const script = fileURLToPath(new URL("./fixtures/run-ladders.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["ignore", "pipe", "ignore"] });
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
      "double/00-noop writes nothing on a few": "passed",
      "double/00-noop writes nothing on many": "passed",
      "double/00-noop refuses too many: more than 1000 elements": "passed",
      "double/01-naive on a few": "passed",
      "double/01-naive on many": "passed",
      "double/01-naive refuses too many: more than 1000 elements": "passed",
    });
  });

  it.each(["one-element-missing.ladder.ts", "one-value-wrong.ladder.ts"])("fails %s on every shape", (file) => {
    expect(statuses(file)).toMatchObject({ "double/01-naive on a few": "failed", "double/01-naive on many": "failed" });
  });

  it("fails a dispatch floor that writes", () => {
    expect(statuses("noop-that-writes.ladder.ts")).toMatchObject({
      "double/00-noop writes nothing on a few": "failed",
      "double/00-noop writes nothing on many": "failed",
      "double/01-naive on a few": "passed",
    });
  });
});
