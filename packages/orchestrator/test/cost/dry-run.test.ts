import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { CostSummary } from "../../src/cost/summary.ts";
import { drawBirds, small } from "../birds.ts";
import { run } from "../fledge.ts";
import { temporaryFolder } from "../folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const settings = [...birds, ...small, "--epochs", "2,1,1"];
const path = join(folder, "run");

/** The JSON that a command prints, alone on stdout but for what the driver says. */
async function costOf(...args: string[]): Promise<CostSummary & { readonly adapter: string | null }> {
  const { code, output } = await run(...args, "--dry-run", "--json");
  expect(code, output).toBe(0);
  return JSON.parse(output.slice(output.indexOf("{"))) as CostSummary & { readonly adapter: string | null };
}

it("tells steps, operations, memory, disk and measured time, and writes no run", async () => {
  const { code, output } = await run("reproduce", ...settings, "--run", path, "--dry-run");
  expect(code, output).toBe(0);
  expect(await readdir(folder)).toEqual(["birds"]);
  // 35 training and 36 unlabelled images in eights: teacher 2 x 5, students 5 + 5 each.
  expect(output).toMatch(/^steps +30$/m);
  expect(output).toMatch(/^teacher +training +labelled step +8 +10 /m);
  expect(output).toMatch(/^student +training +pseudo-labelled step +8 +5 .* \d+ runs?$/m);
  for (const line of [/^FLOP +\d.* MFLOP$/m, /^memory .*MiB on the device/m, /^disk +about/m, /^time +about \d/m])
    expect(output).toMatch(line);
});

it("gives the same as JSON, of a run that has begun what is left beside all", async () => {
  const whole = await costOf("reproduce", ...settings);
  expect(whole.steps).toEqual({ whole: 30, left: 30 });
  expect(whole.secondsLeft).toBeGreaterThan(0);
  for (const { secondsOfBatch, measuredRuns } of whole.rows) {
    expect(secondsOfBatch).toBeGreaterThan(0);
    expect(measuredRuns).toBeGreaterThanOrEqual(1);
  }
  const trained = await run("train", "teacher", ...settings, "--run", path);
  expect(trained.code, trained.output).toBe(0);
  expect(trained.output).toContain("cost: 10 steps of");
  const before = await readdir(path, { recursive: true });
  const student = await costOf("train", "student", "--run", path);
  expect(student.steps).toEqual({ whole: 10, left: 10 });
  const left = await costOf("reproduce", "--run", path, "--resume");
  expect(left.steps).toEqual({ whole: 30, left: 20 });
  expect(left.flops.whole).toBe(whole.flops.whole);
  const teacher = left.rows.find(({ model, part }) => model === "teacher" && part === "training")!;
  expect(left.flops.left).toBeLessThan(whole.flops.whole - teacher.flops.whole);
  expect(teacher.flops.left).toBe(0);
  expect(await readdir(path, { recursive: true })).toEqual(before);
});

it("counts where there is no adapter to measure on, and says so", async () => {
  const { code, output } = await run("reproduce", ...settings, "--adapter", "no such adapter", "--dry-run");
  expect(code, output).toBe(0);
  expect(output.replaceAll(/\s+/g, " ")).toContain("Nothing is measured: these are counts alone");
  expect(output).toMatch(/^steps +30$/m);
  expect(output).not.toMatch(/^time/m);
});

it("refuses --json without it, and a student without a run", async () => {
  const alone = await run("train", "teacher", ...settings, "--json");
  expect([alone.code, alone.output]).toEqual([1, expect.stringContaining("give both")]);
  const student = await run("train", "student", "--dry-run");
  expect([student.code, student.output]).toEqual([1, expect.stringContaining("give it with --run")]);
});
