import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";

const program = join(import.meta.dirname, "../src/cli/main.mjs");

it("fledge rungs shows what its tool shows of a name", () => {
  const command = ["--import", import.meta.resolve("tsx"), program, "rungs", "relu/04-run", "--diff"];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: "utf8" });
  expect(stdout).toMatch(/^relu\/04-run: .*; \+2 -2 lines from relu\/03-strided\n[^]*\n\+/);
  expect(status).toBe(0);
});

it("fledge rungs gives a ladder to programs", () => {
  const command = ["--import", import.meta.resolve("tsx"), program, "rungs", "relu", "--json"];
  const { status, stdout } = spawnSync(process.execPath, command, { encoding: "utf8" });
  const rungs = JSON.parse(stdout) as { id: string }[];
  expect(rungs.find(({ id }) => id === "relu/04-run")).toEqual({
    id: "relu/04-run",
    from: "relu/03-strided",
    idea: expect.any(String),
    added: 2,
    removed: 2,
  });
  expect(status).toBe(0);
});
