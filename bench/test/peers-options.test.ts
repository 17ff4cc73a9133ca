import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OptionsError } from "@fledge/bench/command-line";
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
