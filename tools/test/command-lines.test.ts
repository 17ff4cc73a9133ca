import { execFile } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";

const scripts = [
  "bench/peers/main.ts",
  "packages/lab/build/main.ts",
  "packages/bench/bench/probes.bench.ts",
  "test/faults/main.mjs",
  "test/fuzz/main.ts",
  "test/parity/parity.ts",
  "tools/bench.mjs",
  "tools/bootstrap.mjs",
  "tools/check.mjs",
  "tools/ci.mjs",
  "tools/gpu-pack.mjs",
  "tools/src/floors/main.ts",
  "tools/src/gpu-suite/main.ts",
  "tools/src/ladders/main.ts",
  "tools/src/new-kernel.ts",
  "tools/src/notices.ts",
  "tools/test-browser.mjs",
  "tools/test-cluster.mjs",
];

interface End {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<End> {
  const command = ["--import", "tsx", join(workspaceRoot, script), ...args];
  const options = { cwd: workspaceRoot, env: { ...process.env, ...env } };
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** A sentence on stderr, no stack, exit code 1. */
function expectSentence({ status, stdout, stderr }: End, told: string): void {
  expect(stderr).toContain(told);
  expect(stderr).not.toMatch(/^\s+at |node:internal/m);
  expect(stdout).toBe("");
  expect(status).toBe(1);
}

describe.concurrent.each(scripts)("%s", (script) => {
  it.each(["--help", "-h"])("says with %s how it is used", async (flag) => {
    const { status, stdout, stderr } = await run(script, [flag]);
    expect(stdout).toMatch(/ -\w|--\w|takes no options|NAME/);
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  it("tells an unknown option in a sentence", async () => {
    expectSentence(await run(script, ["--bogus"]), "--bogus");
  });
});

describe.concurrent("values that cannot be", () => {
  it.each([
    ["test/fuzz/main.ts", ["--reader", "nope"], '--reader nope: "nope" is none of safetensors, '],
    ["test/fuzz/main.ts", ["--count", "1.5"], "--count 1.5: give a whole number from 1"],
    ["test/fuzz/main.ts", ["--from", "-1"], "--from"],
    ["test/fuzz/main.ts", ["--seed", ""], "--seed : give a whole number from 0"],
    ["test/faults/main.mjs", ["kill"], 'there is no "kill"; there is '],
    ["test/parity/parity.ts", ["--python", "/nowhere/python"], "/nowhere/python does not start"],
    ["tools/src/new-kernel.ts", ["Leaky_ReLU"], '"Leaky_ReLU" is no name for a kernel'],
  ])("%s %j", async (script, args, told) => {
    expectSentence(await run(script, args), told);
  });

  it.each([
    ["test/faults/main.mjs", { FLEDGE_FAULTS: "many" }, "FLEDGE_FAULTS=many: give"],
    ["packages/bench/bench/probes.bench.ts", { FLEDGE_BENCH: "fast" }, 'FLEDGE_BENCH is "fast"'],
  ])("%s with %j", async (script, env, told) => {
    expectSentence(await run(script, [], env), told);
  });
});
