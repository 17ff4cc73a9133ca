import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const program = join(import.meta.dirname, "../bin/fledge.mjs");
const recorder = join(import.meta.dirname, "fixtures/record-modules.mjs");

/** What `fledge` loads with these arguments: packages from outside by name, the project's own files by their last part. */
function loadedBy(...args: string[]) {
  const file = join(folder, `${args.join("-").replaceAll(/\W/g, "-")}.txt`);
  const { status, stderr } = spawnSync(process.execPath, ["--import", recorder, program, ...args], {
    encoding: "utf8",
    env: { ...process.env, MODULES_FILE: file },
  });
  const urls = existsSync(file) ? [...new Set(readFileSync(file, "utf8").trim().split("\n"))] : [];
  const outside = (url: string): string | undefined => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  return {
    status,
    stderr,
    packages: [...new Set(urls.flatMap((url) => outside(url) ?? []))].sort(),
    own: urls.filter((url) => outside(url) === undefined && !url.includes("/fixtures/")),
  };
}

describe("what needs no command's work loads none of it", () => {
  it.each([
    [["--help"], 0],
    [["--version"], 0],
    [["study", "run", "--help"], 0],
    [["frobnicate"], 1],
    [["train", "parrot"], 1],
    [["reproduce", "--bogus"], 1],
    [["reproduce", "--seed", "x"], 1],
    [["reproduce", "--set", "training"], 1],
    [["robustness", "--set", "training.learningRate=1"], 1],
  ])("%j", (args, code) => {
    const { status, packages, own } = loadedBy(...args);
    expect(status).toBe(code);
    expect(packages).toEqual(["commander", "consola"]);
    // Node runs these as they are: TypeScript would have to be compiled, by a package that takes longer than they do.
    expect(own.filter((url) => !url.endsWith(".mjs"))).toEqual([]);
    expect(own.length).toBeGreaterThan(10);
    expect(own.length).toBeLessThan(50);
  });
});

it("a command that acts loads TypeScript, which the record shows", () => {
  const { status, stderr, packages, own } = loadedBy("report", "--run", folder);
  expect(stderr).toContain("holds no run");
  expect(status).toBe(1);
  expect(packages).toContain("tsx");
  expect(own.some((url) => url.includes("/report/write-report.ts"))).toBe(true);
});
