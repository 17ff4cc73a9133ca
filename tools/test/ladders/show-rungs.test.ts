import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const program = join(import.meta.dirname, "../../src/show-rungs.ts");

/** Runs what `fledge rungs` runs. */
function rungs(...args: string[]) {
  const command = ["--import", import.meta.resolve("tsx"), program, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("fledge rungs", () => {
  it("draws a ladder as a tree of ideas", () => {
    expect(rungs("relu")).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        /^relu\n01-naive .*\n├─ 00-noop .*\n└─ 02-vec4 +\+4 -4 +four elements[^]*06-no-branch.*\n$/,
      ),
      stderr: "",
    });
  });

  it("draws all ladders of a kernel", () => {
    const { stdout } = rungs("pooling");
    expect(stdout.match(/^[a-z][\w-]+$/gm)).toEqual([
      "global-average-pool-backward",
      "global-average-pool-forward",
      "max-pool2d-backward",
      "max-pool2d-forward",
    ]);
  });

  it("shows the code by which a rung differs from the one it starts from, without colours in a pipe", () => {
    const { stdout } = rungs("relu/04-run", "--diff");
    expect(stdout).toMatch(/^relu\/04-run: .*; \+2 -2 lines from relu\/03-strided\n/);
    const signs = stdout.split("\n").map((line) => line[0]);
    expect([signs.filter((sign) => sign === "+").length, signs.filter((sign) => sign === "-").length]).toEqual([2, 2]);
  });

  it("names the ladders where it does not know a name", () => {
    expect(rungs("parrot")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/"parrot" is no kernel, ladder or rung; the ladders are .*conv2d-forward/),
    });
  });
});
