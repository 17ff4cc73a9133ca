import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";

/** Runs the fixture, reads a first part of what it prints, if it prints, and closes its output. */
async function closedEarly(...args: string[]): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const script = join(import.meta.dirname, "fixtures", "until-read.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  if (args.length === 0) child.stdout.once("data", () => child.stdout.destroy());
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stderr };
}

it("a script whose reader has read enough ends without a word", async () => {
  expect(await closedEarly()).toEqual({ code: 1, stderr: "" });
});

it("a script whose own child reads no more tells so, with where", async () => {
  const { code, stderr } = await closedEarly("child");
  expect(code).toBe(1);
  expect(stderr).toMatch(/EPIPE[^]*^\s+at /m);
});
