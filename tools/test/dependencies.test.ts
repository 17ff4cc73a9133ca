import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { installDependencies, staleFolders } from "../bootstrap/dependencies.mjs";
import { nodeVersionProblem } from "../bootstrap/node-version.mjs";

describe("staleFolders", () => {
  const locked = {
    packages: {
      "": { version: "0.1.0" },
      "packages/a": { version: "0.1.0" },
      "node_modules/@fledge/a": { resolved: "packages/a", link: true },
      "node_modules/x": { version: "1.0.0" },
      "node_modules/x/node_modules/y": { version: "2.0.0" },
      "node_modules/x-darwin": { version: "1.0.0", optional: true },
    },
  };
  const { "node_modules/x-darwin": _other, ...here } = locked.packages;

  it("finds nothing where all is there, save another platform's packages", () => {
    expect(staleFolders(locked, { packages: here })).toEqual([]);
  });

  it("finds everything but the optional in an empty folder", () => {
    expect(staleFolders(locked, {})).toEqual([
      "node_modules/@fledge/a",
      "node_modules/x",
      "node_modules/x/node_modules/y",
    ]);
  });

  it("finds another version, and a link to another folder", () => {
    const installed = {
      ...here,
      "node_modules/x": { version: "1.0.1" },
      "node_modules/@fledge/a": { resolved: "packages/b", link: true },
    };
    expect(staleFolders(locked, { packages: installed })).toEqual(["node_modules/@fledge/a", "node_modules/x"]);
  });
});

/** A workspace that locks a package for its tests, which lies beside it so that npm needs no network. */
function workspaceWithTestTool(): string {
  const folder = mkdtempSync(join(tmpdir(), "fledge-install-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  mkdirSync(join(folder, "tool"));
  const devDependencies = { tool: "file:tool" };
  write("tool/package.json", { name: "tool", version: "1.0.0" });
  write("package.json", { name: "workspace", version: "1.0.0", devDependencies });
  write("package-lock.json", {
    name: "workspace",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: {
      "": { name: "workspace", version: "1.0.0", devDependencies },
      "node_modules/tool": { resolved: "tool", link: true },
      tool: { version: "1.0.0", dev: true },
    },
  });
  return folder;
}

describe("installDependencies", () => {
  it.each([
    ["NODE_ENV", "production"],
    ["npm_config_omit", "dev"],
    ["npm_config_production", "true"],
  ])("installs what the tests need under %s=%s too", (name, value) => {
    vi.spyOn(console, "log").mockReturnValue();
    vi.stubEnv(name, value);
    onTestFinished(() => void vi.unstubAllEnvs());
    const folder = workspaceWithTestTool();
    installDependencies(folder);
    expect(existsSync(join(folder, "node_modules", "tool"))).toBe(true);
  });

  it("says so where npm leaves some out for another reason", () => {
    vi.spyOn(console, "log").mockReturnValue();
    vi.stubEnv("npm_config_dry_run", "true");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(() => installDependencies(workspaceWithTestTool())).toThrow(
      /npm ci has left out 1 of the locked dependencies \(node_modules\/tool/,
    );
  });
});

describe("nodeVersionProblem", () => {
  it.each(["20.19.0", "20.20.2", "22.0.0", "26.1.0"])("accepts %s", (version) => {
    expect(nodeVersionProblem(version)).toBeNull();
  });

  it.each(["20.18.3", "18.20.0", "8.0.0"])("names %s, what is needed and the mend", (version) => {
    expect(nodeVersionProblem(version)).toMatch(
      new RegExp(`20\\.19 or newer.*${version.replaceAll(".", "\\.")}[^]*nodejs\\.org`),
    );
  });
});
