import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { workspaceRoot } from "../../bootstrap/shell.mjs";
import { checkProject } from "../../src/ladders/check-ladder.ts";
import { writePages } from "../../src/ladders/pages.ts";
import { keepResults, keptResults } from "../../src/ladders/results.ts";
import { ladder } from "../ladder-results.ts";

// A copy of the starter kernel, far from the workspace's packages.
const runtime = pathToFileURL(join(workspaceRoot, "packages", "runtime", "src", "index.ts")).href;
let root = "";
let forward = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fledge-pages-"));
  forward = join(root, "src", "forward");
  const starter = join(workspaceRoot, "tools", "starter-kernel");
  cpSync(join(starter, "src"), join(root, "src"), { recursive: true });
  cpSync(join(starter, "README.md"), join(root, "README.md"));
  const ladderFile = join(forward, "ladder.ts");
  writeFileSync(ladderFile, readFileSync(ladderFile, "utf8").replace("@fledge/runtime", runtime));
});
afterEach(() => rmSync(root, { recursive: true }));

const name = "starter-kernel-forward";
const readme = (): string => readFileSync(join(root, "README.md"), "utf8");
const result = ladder(name, 100);
const elsewhere = { ...result, adapter: { ...result.adapter, name: "Other GPU (TM)" } };

it("writes tree, tables of all adapters and chart from what is kept, once", async () => {
  await keepResults(root, { [name]: result });
  await keepResults(root, { [name]: elsewhere });
  expect(existsSync(join(root, "results", "other-gpu-tm.json"))).toBe(true);
  expect(keptResults(root)[name]!.map(({ adapter }) => adapter.name)).toEqual(["an adapter", "Other GPU (TM)"]);
  expect(await writePages(root)).toEqual([join(root, "README.md"), join(root, "drawings", `${name}.svg`)]);
  expect(readme()).toMatch(/└─ 00-noop +\+\d+ -\d+ /);
  expect(readme()).toMatch(
    /GB\/s on an adapter, [^\n]*\(software[^]*\| 01-naive[^]*GB\/s on Other GPU \(TM\), [^]*<details>/,
  );
  expect(readFileSync(join(root, "drawings", `${name}.svg`), "utf8")).toMatch(/^<svg[^]*Other GPU/);
  expect(await writePages(root)).toEqual([]);
});

it("keeps tables of two releases of Mesa apart, and those of a distribution's builds of one in one place", async () => {
  const on = (driver: string): typeof result => ({
    ...result,
    adapter: { ...result.adapter, name: "llvmpipe-llvm-19-1-7-256-bits-", driver },
  });
  for (const driver of ["Mesa 25.0.7-1 (LLVM 19.1.7)", "Mesa 25.0.7-2 (LLVM 19.1.7)", "Mesa 26.1.6 (LLVM 19.1.7)"])
    await keepResults(root, { [name]: on(`llvmpipe: ${driver}`) });
  expect(readdirSync(join(root, "results"))).toEqual([
    "llvmpipe-llvm-19-1-7-256-bits-mesa-25-0-7.json",
    "llvmpipe-llvm-19-1-7-256-bits-mesa-26-1-6.json",
  ]);
  await writePages(root);
  expect(readme()).toMatch(/GB\/s on \S+, llvmpipe: Mesa 25\.0\.7-2 [^]*GB\/s on \S+, llvmpipe: Mesa 26\.1\.6 /);
});

it("keeps the ladder's place empty without results", async () => {
  await writePages(root);
  expect(readme()).toMatch(/<!-- ladder:starter-kernel-forward -->\s+<!-- \/ladder -->/);
  expect(existsSync(join(root, "drawings"))).toBe(false);
});

it("finds pages that are not as they should be, wrong headers and files that no rung names", async () => {
  await writePages(root);
  expect(await checkProject(root, root)).toEqual([]);
  writeFileSync(join(root, "README.md"), readme().replace("00-noop  +", "00-noop  +9"));
  writeFileSync(join(forward, "02-lost.wgsl"), "fn main() {}\n");
  expect(await checkProject(root, root)).toEqual([
    "src/forward/02-lost.wgsl is no rung: add it to ladder.ts",
    "README.md is not what ladders and results give: npm run ladders",
  ]);
});
