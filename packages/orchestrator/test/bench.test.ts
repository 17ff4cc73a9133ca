import { readFile, writeFile } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const program = join(import.meta.dirname, "../src/cli/main.mjs");

/** Runs `fledge bench` as a process of its own, for the benchmarks write to the terminal directly. */
function bench(...args: string[]) {
  const command = ["--import", import.meta.resolve("tsx"), program, "bench", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("fledge bench", () => {
  it("measures one rung on one layer of one kernel, and keeps the figures where --json says, beside others", async () => {
    await writeFile(join(folder, "figures.json"), '{"other": 1}');
    const layer = "fc of ResNet-50, batch 32, 200 classes";
    const { status, stdout } = bench(
      "linear",
      "--rung",
      "02-register-blocked",
      "--shape",
      layer,
      "--json",
      "figures.json",
    );
    expect(stdout).toContain("| 02-register-blocked ");
    expect(stdout).not.toContain("01-naive");
    expect(status).toBe(0);
    const figures = JSON.parse(await readFile(join(folder, "figures.json"), "utf8"));
    expect(Object.keys(figures)).toContain("other");
    expect(figures["linear-forward"].cases).toMatchObject([
      { name: layer, rungs: [{ rung: "linear-forward/02-register-blocked", outcome: "timed" }] },
    ]);
    const same = bench("--compare", "figures.json", "figures.json");
    expect(same.stdout).toMatch(/linear-forward\/02-register-blocked .*\| +1\.00 \| +1\.00 \| +1\.00 \| +1\.00 \|/);
    expect(same.status).toBe(0);
    const slower = structuredClone(figures) as {
      "linear-forward": { cases: { rungs: { timeUs: { p10: number } }[] }[] };
    };
    for (const one of slower["linear-forward"].cases) for (const { timeUs } of one.rungs) timeUs.p10 *= 2;
    await writeFile(join(folder, "slower.json"), JSON.stringify({ "linear-forward": slower["linear-forward"] }));
    const compared = bench("--compare", "figures.json", "slower.json");
    expect(compared.stderr).toMatch(/^Failed: linear-forward\/02-register-blocked on .* takes 2\.00 times as long/m);
    expect(compared.status).toBe(1);
    expect(bench("--compare", "slower.json", "figures.json").status).toBe(0);
    const asJson = bench("--compare", "figures.json", "slower.json", "--json");
    expect(JSON.parse(asJson.stdout)).toMatchObject({ changes: [{ layer, byTime: 2 }], lost: [] });
    expect(asJson.status).toBe(1);
  });

  it.each([
    ["--json linear", "put the name before --json"],
    ["--compare --json a.json b.json", "put --json behind the files"],
    ["--compare a.json b.json --rung 01-naive --watch", "--compare measures nothing, and has no use for"],
    ["--renew-baseline --json", "--renew-baseline measures nothing, and has no use for --json"],
    ["linear --renew-baseline", "--renew-baseline is of all projects: leave out linear"],
  ])("refuses %s before it measures", (line, message) => {
    const { status, stdout, stderr } = bench(...line.split(" "));
    expect(stderr).toContain(message);
    expect([status, stdout]).toEqual([1, ""]);
  });

  it("watches one rung or layer of one kernel only", () => {
    expect(bench("linear", "--watch")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("--watch takes one kernel, and --rung or --shape"),
    });
  });

  it.each([
    ["linear", "--adapter", "no such adapter", /^no adapter is called "no such adapter"; there is ".+"/m],
    [
      "linear",
      "--shape",
      "no such layer",
      /^Failed: nothing measured: no ladder has --rung 01-naive --shape no such layer$/m,
    ],
  ])("fails without a stack trace: %s %s %j", (kernel, flag, value, message) => {
    const { status, stderr } = bench(kernel, "--rung", "01-naive", flag, value);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("fails with the runner's message", () => {
    expect(bench("parrot")).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/"parrot" has no benchmarks; there are .*batchnorm, conv2d, /),
    });
  });
});
