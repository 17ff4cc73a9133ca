import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { duration } from "../ci/duration.mjs";
import { writeSteps } from "../ci/junit.mjs";

const ci = (...args: string[]) => spawnSync(join(workspaceRoot, ".ci", "run"), args, { encoding: "utf8" });

it("tells with --help what .ci/run does, and refuses what it does not take", () => {
  const help = ci("--help");
  expect([help.status, help.stderr]).toEqual([0, ""]);
  expect(help.stdout).toMatch(/--junit <folder>[^]*N passed, N failed|N passed, N failed[^]*--junit <folder>/);
  const wrong = ci("--junti", "here");
  expect(wrong.status).toBe(1);
  expect(wrong.stderr).toMatch(/'--junti'[^]*--junit <folder>/);
});

it("writes what is no test of vitest's as a suite of JUnit's", () => {
  const folder = mkdtempSync(join(tmpdir(), "fledge-junit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeSteps(join(folder, "below"), [
    { name: "npm run a", passed: true, seconds: 1.25 },
    { name: 'npm run "b" & <c>', passed: false, seconds: 2 },
  ]);
  const xml = readFileSync(join(folder, "below", "ci.xml"), "utf8");
  expect(xml).toContain('<testsuite name="ci" tests="2" failures="1" errors="0" time="3.250">');
  expect(xml).toContain('<testcase classname="ci" name="npm run a" time="1.250"/>');
  expect(xml).toContain('name="npm run &quot;b&quot; &amp; &lt;c>" time="2.000">');
  expect(xml.match(/<failure /g)).toHaveLength(1);
});

it("tells times as people do", () => {
  expect([0.4, 59.4, 59.6, 185].map(duration)).toEqual(["0 s", "59 s", "1 min 0 s", "3 min 5 s"]);
});

it("runs the same in the workflow, with actions that cannot change", () => {
  const workflow = readFileSync(join(workspaceRoot, ".github", "workflows", "ci.yml"), "utf8");
  expect(workflow).toContain("run: .ci/run --junit ");
  const actions = [...workflow.matchAll(/uses: (\S+)/g)].map(([, action]) => action!);
  expect(actions.length).toBeGreaterThan(2);
  for (const action of actions) expect(action).toMatch(/^actions\/[\w-]+@[0-9a-f]{40}$/);
});
