import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { keepDescription } from "../bootstrap/adapter.mjs";
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
