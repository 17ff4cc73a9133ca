import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OptionsError } from "@fledge/bench/command-line";
import { readResults } from "../peers/read-results.ts";
import { parseOptions } from "../peers/options.ts";

describe("options of npm run peers that cannot be", () => {
  it.each([
    [["--bogus"], /Unknown option '--bogus'/],
    [["extra"], /Unexpected argument 'extra'/],
    [["--only", "nope"], /--only nope: "nope" is none of train, forward, conv, batchnorm/],
    [["--peers", "nope"], /--peers nope: "nope" is none of /],
    [["--rounds", "0"], /--rounds 0: give a whole number from 1/],
    [["--sizes", "64,12"], /--sizes 12: give a whole number from 33/],
  ])("%j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
    expect(() => parseOptions(args)).toThrow(OptionsError);
  });

  it.each([["--from", "/nowhere.json"], ["--from", join(import.meta.dirname, "../package.json")], ["--bogus"]])(
    "are told in a sentence: %s %s",
    (...args) => {
      const program = join(import.meta.dirname, "../peers/main.ts");
      const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", program, ...args], {
        encoding: "utf8",
      });
      expect(status).toBe(1);
      expect(stderr).toContain("--");
      expect(stderr).not.toMatch(/^\s+at /m);
    },
  );
});

describe("a results file that a page is written from again", () => {
  const results = join(import.meta.dirname, "../results");
  const kept = join(
    results,
    readdirSync(results).find((name) => /^peers-.*\.json$/.test(name))!,
  );
  const whole = readResults(kept);

  it("is read as it was written", () => {
    expect(whole).toEqual(JSON.parse(readFileSync(kept, "utf8")));
  });

  it.each<readonly [string, (run: typeof whole) => unknown]>([
    ["null", () => null],
    ["cases that are none", (run) => ({ ...run, cases: [null] })],
    ["a task of no kind", (run) => ({ ...run, cases: [{ ...run.cases[0], task: { kind: "sleep" } }] })],
    ["times that are none", (run) => ({ ...run, cases: [{ ...run.cases[0], entries: [{ samplesMs: "1" }] }] })],
    ["no adapter", ({ adapter: _adapter, ...run }) => run],
  ])("is refused by name with %s", (_what, change) => {
    const folder = mkdtempSync(join(tmpdir(), "fledge-peers-"));
    try {
      const file = join(folder, "peers.json");
      writeFileSync(file, JSON.stringify(change(whole)));
      expect(() => readResults(file)).toThrow(OptionsError);
      expect(() => readResults(file)).toThrow(`--from ${file}: it holds no results of this command`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
