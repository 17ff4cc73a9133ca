import { execFileSync } from "node:child_process";
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { changesOfProgram, commitInUse, hashesOfSources } from "../src/run/code-version.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await realpath(await temporaryFolder());

/** A new repository with one commit, whose hash it gives. */
function repository(path: string): string {
  const git = (...args: string[]): string => {
    const identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"];
    return execFileSync("git", [...identity, ...args], { cwd: path, encoding: "utf8", stdio: "pipe" }).trim();
  };
  git("init", "--quiet");
  git("commit", "--quiet", "--allow-empty", "-m", path);
  return git("rev-parse", "HEAD");
}

it("knows the commit of a checkout of its own, and of no repository around it or named by the environment", async () => {
  const [outer, inner] = [join(folder, "outer"), join(folder, "outer", "fledge")];
  await mkdir(inner, { recursive: true });
  expect(await commitInUse(inner)).toBe("unknown");
  const other = repository(outer);
  expect(await commitInUse(outer)).toBe(other);
  expect(await commitInUse(inner)).toBe("unknown");
  const own = repository(inner);
  expect(own).not.toBe(other);
  vi.stubEnv("GIT_DIR", join(outer, ".git"));
  vi.stubEnv("GIT_WORK_TREE", outer);
  try {
    expect(await commitInUse(inner)).toBe(own);
    await writeFile(join(inner, "edited.ts"), "");
    expect(await commitInUse(inner)).toBe(`${own}+changes`);
  } finally {
    vi.unstubAllEnvs();
  }
});

it("knows the sources by their content, also where there is no git", async () => {
  const home = join(folder, "archive");
  for (const floor of ["packages", "kernels"])
    await mkdir(join(home, floor, "one", "src", "deep"), { recursive: true });
  const source = join(home, "kernels", "one", "src", "deep", "a.wgsl");
  await writeFile(source, "a");
  const first = hashesOfSources(home);
  expect(Object.keys(first)).toEqual(["packages/one", "kernels/one"]);
  await writeFile(join(home, "kernels", "one", "README.md"), "no source");
  expect(hashesOfSources(home)).toEqual(first);
  await writeFile(source, "b");
  const second = hashesOfSources(home);
  expect(second["packages/one"]).toBe(first["packages/one"]);
  expect(second["kernels/one"]).not.toBe(first["kernels/one"]);
  await writeFile(join(home, "packages", "one", "src", "a.wasm"), "c");
  expect(hashesOfSources(home)["packages/one"]).not.toBe(second["packages/one"]);
});

it("says what differs between two programs, and nothing of another commit of the same sources", () => {
  const before = { commit: "a", sources: { "kernels/one": "1", "packages/two": "2" }, libraries: { sharp: "1.0" } };
  expect(changesOfProgram(before, { ...before, commit: "b" })).toEqual([]);
  const now = { commit: "b+changes", sources: { "kernels/one": "3" }, libraries: { sharp: "1.1" } };
  expect(changesOfProgram(before, now)).toEqual([
    "the program, commit b+changes (was a): kernels/one, packages/two, sharp 1.1 (was 1.0)",
  ]);
  expect(changesOfProgram({ ...before, sources: "0" }, before)).toEqual(["the program, commit a (was a): all sources"]);
});
