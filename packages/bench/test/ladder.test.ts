import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runScript } from "./run-script.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fledge-bench-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("prints sound rungs with their times and refused ones with the reason, and exits with 0", async () => {
  const file = join(folder, "sound.json");
  const end = await runScript("ladder.ts", ["--json", file]);
  expect(end).toMatchObject({ code: 0 });
  const { stdout } = end;
  expect(stdout).toMatch(/\| 00-noop +\| +[\d.]+ ±\d+ \|/);
  expect(stdout).toMatch(/\| 01-right +\| +\*\*[\d.]+\*\*† \|/);
  expect(stdout).toMatch(/\| 01-right +\| +[\d.]+ \| +0\.250 \| +0 \|/);
  expect(stdout).toContain("- 02-refused on any layer: it needs a left-handed adapter");

  const { Squares: result } = JSON.parse(readFileSync(file, "utf8"));
  expect(result.adapter.name).not.toBe("");
  const { ceilings, rungs } = result.cases[0];
  expect(ceilings.fma.rateGflops).toBeGreaterThan(0);
  expect(ceilings.copy.rateGbps).toBeGreaterThan(0);
  const [floor, timed, refused] = rungs;
  expect(floor).toMatchObject({ rung: "squares/00-noop", outcome: "timed", rateGflops: 0, rateGbps: 0 });
  expect(timed).toMatchObject({ rung: "squares/01-right", outcome: "timed" });
  // 100 operations and 400 bytes in every run.
  // Files hold six digits.
  expect((timed.rateGflops * timed.timeUs.median * 1e3) / 100).toBeCloseTo(1, 4);
  expect((timed.rateGbps * timed.timeUs.median * 1e3) / 400).toBeCloseTo(1, 4);
  expect(timed.timeUs.samples).toBeGreaterThanOrEqual(3);
  expect(timed.timeUs.p10).toBeLessThanOrEqual(timed.timeUs.median);
  expect(timed.timeUs.median).toBeLessThanOrEqual(timed.timeUs.p90);
  expect(timed).toMatchObject({ flopPerByte: 0.25, worstError: 0 });
  expect(refused).toEqual({
    rung: "squares/02-refused",
    outcome: "unsupported",
    reason: "it needs a left-handed adapter",
  });
  expect(result.cases[0]).toMatchObject({
    name: "hundred",
    shape: { count: 100 },
    flops: 100,
    leastBytes: 400,
    selected: "squares/01-right",
  });
});

it("reports wrong and unwritten results, never times them, and exits with 1", async () => {
  const file = join(folder, "broken.json");
  const { code, stdout } = await runScript("ladder.ts", ["--json", file], { BROKEN_RUNGS: "1" });
  expect(code).toBe(1);
  expect(stdout).toContain("- 03-wrong on any layer: failed, out[0] is 1, expected 0 within 0");
  expect(stdout).toContain("- 04-forgetful on any layer: failed, out[99] is NaN, expected 9801 within 0");
  const { rungs } = JSON.parse(readFileSync(file, "utf8")).Squares.cases[0];
  expect(stdout).toContain("- 00-noop on any layer: failed, it writes out");
  expect(rungs.map((rung: { outcome: string }) => rung.outcome)).toEqual([
    "failed",
    "timed",
    "unsupported",
    "failed",
    "failed",
  ]);
  expect(rungs[3]).not.toHaveProperty("timeUs");
});

it("measures only the rungs and shapes asked for, and leaves out a ladder that has none of them", async () => {
  const file = join(folder, "some.json");
  const end = await runScript("ladder.ts", ["--json", file, "--rung", "01-right"]);
  expect(end).toMatchObject({ code: 0 });
  const rungs: readonly { rung: string }[] = JSON.parse(readFileSync(file, "utf8")).Squares.cases[0].rungs;
  expect(rungs.map(({ rung }) => rung)).toEqual(["squares/01-right"]);
  const noRung = await runScript("ladder.ts", ["--rung", "09-none"]);
  expect(noRung.stdout).toContain(
    "Squares is left out: it has only squares/00-noop, squares/01-right, squares/02-refused",
  );
  const noShape = await runScript("ladder.ts", ["--shape", "thousand", "--json", join(folder, "none.json")]);
  expect(noShape).toMatchObject({ code: 0, stdout: '\nSquares is left out: it has only "hundred"\n' });
  expect(existsSync(join(folder, "none.json"))).toBe(false);
});

it("refuses a budget it does not know", async () => {
  const { code, stderr } = await runScript("ladder.ts", [], { FLEDGE_BENCH: "fast" });
  expect(code).toBe(1);
  expect(stderr).toContain('FLEDGE_BENCH is "fast"; set it to quick or full');
});

it("times plain functions, awaited promises among them", async () => {
  const file = join(folder, "functions.json");
  const end = await runScript("functions.ts", [], { FLEDGE_BENCH_JSON: file });
  expect(end).toMatchObject({ code: 0 });
  expect(end.stdout).toContain("numbers/s");
  const { results } = JSON.parse(readFileSync(file, "utf8")).Sums;
  expect(Object.keys(results)).toEqual(["loop", "later"]);
  expect(results.later.timeUs.p10).toBeGreaterThan(3000);
  expect((results.loop.ratePerSecond * results.loop.timeUs.median) / (1000 * 1e6)).toBeCloseTo(1, 4);
});

it("times programs until their results are there, and tells what they are made of", async () => {
  const file = join(folder, "programs.json");
  const end = await runScript("programs.ts", [], { FLEDGE_BENCH_JSON: file });
  expect(end).toMatchObject({ code: 0 });
  expect(end.stdout).toMatch(
    /step: 3 dispatches, 0\.50 GFLOP, \d+\.\d GFLOPS; the host is busy for \d+\.\d ms; arena 3\.0 MiB, 1\.0 MiB alive/,
  );
  expect(JSON.parse(readFileSync(file, "utf8")).Steps.results.step.timeUs.p10).toBeGreaterThan(15_000);
});
