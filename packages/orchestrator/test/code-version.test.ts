import { execFileSync } from "node:child_process";
import { mkdir, realpath, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { commitInUse, hashOfSources } from "../src/run/code-version.ts";
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
  const first = hashOfSources(home);
  await writeFile(join(home, "kernels", "one", "README.md"), "no source");
  expect(hashOfSources(home)).toBe(first);
  await writeFile(source, "b");
  expect(hashOfSources(home)).not.toBe(first);
});
