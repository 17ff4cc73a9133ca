import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { keepDescription } from "../bootstrap/adapter.mjs";
import { workspaceRoot } from "../bootstrap/shell.mjs";

const nodeIn = (env: NodeJS.ProcessEnv, script: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(workspaceRoot, "tools", script), ...args], { encoding: "utf8", env });
const node = (script: string, ...args: string[]) => nodeIn(process.env, script, ...args);

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

  it("installs nothing where the environment names no driver that there is", () => {
    const { status, stderr, stdout } = nodeIn({ ...process.env, FLEDGE_DRIVER: "none" }, "bootstrap.mjs");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain("FLEDGE_DRIVER=none: give newer or system");
  });

  it("takes one of its two options", () => {
    const { status, stderr } = node("bootstrap.mjs", "--dependencies-only", "--newer-driver");
    expect(status).toBe(1);
    expect(stderr).toContain("give one of them");
  });

  it("leaves the adapter's name for cached test results, and does without where nothing can be written", () => {
    const folder = mkdtempSync(join(tmpdir(), "fledge-adapter-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    keepDescription("one", join(folder, ".cache"));
    expect(readFileSync(join(folder, ".cache", "adapter.txt"), "utf8")).toBe("one\n");
    expect(warn).not.toHaveBeenCalled();
    keepDescription("one", join(folder, ".cache", "adapter.txt")); // A file: nothing can be made in it.
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/adapter\.txt cannot be written .*--skip-nx-cache/)]]);
  });
});
