import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";

it("keeps Nx's cache in the checkout, for by default all checkouts of a repository on a machine share one", () => {
  const nx = dirname(createRequire(import.meta.url).resolve("nx/package.json"));
  const script = `console.log(require(${JSON.stringify(join(nx, "dist/src/utils/cache-directory.js"))}).cacheDir)`;
  const { NX_CACHE_DIRECTORY: _one, NX_WORKSPACE_DATA_DIRECTORY: _other, ...env } = process.env;
  const { stdout } = spawnSync(process.execPath, ["-e", script], { cwd: workspaceRoot, env, encoding: "utf8" });
  expect(stdout.trim()).toBe(join(workspaceRoot, ".nx", "cache"));
});

it("takes no cached result in .ci/run, whatever the caller's environment says", () => {
  const folder = mkdtempSync(join(tmpdir(), "fledge-ci-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of [".ci", "tools"]) mkdirSync(join(folder, name));
  copyFileSync(join(workspaceRoot, ".ci", "run"), join(folder, ".ci", "run"));
  writeFileSync(join(folder, "tools", "ci.mjs"), "console.log(JSON.stringify(process.env));");
  const env = { ...process.env, NX_CACHE_DIRECTORY: "/shared", NX_SKIP_NX_CACHE: "false" };
  const { stdout } = spawnSync(join(folder, ".ci", "run"), { env, encoding: "utf8" });
  const seen = JSON.parse(stdout) as NodeJS.ProcessEnv;
  expect(seen["NX_SKIP_NX_CACHE"]).toBe("true");
  expect(seen["NX_CACHE_DIRECTORY"]).toBeUndefined();
});
