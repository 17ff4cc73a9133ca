import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";

const node = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(workspaceRoot, "tools", script), ...args], { encoding: "utf8" });

describe("tools/bootstrap.mjs", () => {
  it("refuses an argument it does not know before it does anything", () => {
    const { status, stderr, stdout } = node("bootstrap.mjs", "--fast");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("--fast");
  });

  it("probes the adapter in a process that ends by itself", () => {
    const { status, stdout } = node("bootstrap/adapter-probe.mjs");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      description: expect.stringMatching(/\S/),
      isSoftware: expect.any(Boolean),
    });
  });
});
