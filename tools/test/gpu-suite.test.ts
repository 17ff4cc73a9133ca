import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LadderResult } from "@fledge/bench";
import { afterAll, describe, expect, it } from "vitest";
import { renderPage } from "../src/gpu-suite/page.ts";
import { parseOptions } from "../src/gpu-suite/options.ts";
import { proposalsOf } from "../src/gpu-suite/proposals.ts";
import { needs, secondsFor, whyTooLong } from "../src/gpu-suite/budget.ts";
import { partNames, readSuite, suiteSchema, type PartName } from "../src/gpu-suite/results.ts";
import { runProcess } from "../src/gpu-suite/run-process.ts";

const folder = await mkdtemp(join(tmpdir(), "fledge-gpu-suite-test-"));
afterAll(() => rm(folder, { recursive: true }));

const timed = (rung: string, median: number) => {
  const timeUs = { median, p10: 0.98 * median, p90: 1.02 * median, samples: 9 };
  return { outcome: "timed" as const, rung, timeUs, rateGflops: 1, rateGbps: 1, flopPerByte: null, worstError: 0 };
};

function ladderOf(selected: string, rungs: readonly ReturnType<typeof timed>[]): LadderResult {
  const ceilings = { fma: timed("fma", 1), copy: timed("copy", 1) };
  const { timeUs: referenceUs } = timed("reference", 1);
  const shape = { count: 1 };
  return {
    adapter: { name: "a GPU", driver: "a driver", software: false },
    environment: { node: "v20", cpu: "a CPU", cores: 1, commit: null },
    mode: "quick",
    date: "2026-11-26",
    cases: [{ name: "a layer", shape, flops: 1, leastBytes: 1, selected, referenceUs, ceilings, rungs }],
  };
}

describe("proposals", () => {
  const proposed = (...rungs: ReturnType<typeof timed>[]) =>
    proposalsOf({ relu: ladderOf("relu/02-vec4", rungs) }, new Set(["relu/05-f16"]));

  it("name the fastest exact rung where it beats the chosen one beyond their spreads", () => {
    expect(
      proposed(timed("relu/00-noop", 1), timed("relu/02-vec4", 100), timed("relu/03-run", 80), timed("relu/05-f16", 9)),
    ).toEqual([{ ladder: "relu", layer: "a layer", selected: "relu/02-vec4", fastest: "relu/03-run", gain: 1.25 }]);
  });

  it("say nothing where the spreads overlap, or the chosen rung was not timed", () => {
    expect(proposed(timed("relu/02-vec4", 100), timed("relu/03-run", 97))).toEqual([]);
    expect(proposed(timed("relu/03-run", 80))).toEqual([]);
  });
});

describe("a process", () => {
  it("is ended with its children when its time is up", async () => {
    const file = join(folder, "alive");
    const child = `setInterval(() => require("node:fs").appendFileSync(${JSON.stringify(file)}, "x"), 20)`;
    const parent = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}]); setInterval(() => {}, 1000)`;
    const sizeOf = (): number => (existsSync(file) ? readFileSync(file).length : 0);
    // On a busy machine the child may not have begun when the time is up.
    for (let seconds = 3; sizeOf() === 0; seconds *= 2)
      expect((await runProcess([process.execPath, "-e", parent], seconds)).cutOff).toBe(true);
    const size = sizeOf();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(sizeOf()).toBe(size);
  });

  it("keeps what it said last, and its exit code", async () => {
    const ended = await runProcess([process.execPath, "-e", 'console.error("why"); process.exit(3)'], 30);
    expect(ended).toMatchObject({ code: 3, cutOff: false, tail: "why" });
  });
});

describe("a budget", () => {
  /** What each part gets where each takes a share of it. */
  function run(wanted: readonly PartName[], seconds: number, share: number): Partial<Record<PartName, number | null>> {
    let left = seconds;
    const given: Partial<Record<PartName, number | null>> = {};
    for (const name of partNames.filter((one) => wanted.includes(one))) {
      given[name] = secondsFor(name, wanted, left);
      left -= share * (given[name] ?? 0);
    }
    return given;
  }

  it("of nine minutes is enough for every part, though the start takes some seconds and each all that it may", () => {
    const given = run(partNames, 540 - 8, 1);
    for (const name of partNames) expect(given[name], name).toBeGreaterThanOrEqual(needs[name]);
  });

  it("keeps nothing for later parts that the one at work needs", () => {
    for (const name of partNames)
      for (let left = Math.ceil(needs[name] / 2); left < 600; left += 7)
        expect(secondsFor(name, partNames, left), `${name}, ${left}`).toBeGreaterThanOrEqual(
          Math.min(needs[name], left),
        );
  });

  it("gives up the last parts first, and takes them up again where earlier ones leave time", () => {
    const least = partNames.slice(-3);
    const full = run(partNames, 440, 1);
    expect(partNames.filter((name) => full[name] === null)).toEqual(least);
    const spared = run(partNames, 440, 0.4);
    expect(partNames.filter((name) => spared[name] === null)).toEqual([]);
  });

  it("is for one part alone all there is, and says what is left out", () => {
    expect(run(["demo"], 30, 1)).toEqual({ demo: 30 });
    expect(whyTooLong("rungs", 3)).toBe(
      "it takes about 25 s, and 3 s were left: --minutes gives more, --only rungs runs it alone",
    );
  });
});

describe("options", () => {
  it("refuse what they do not know", () => {
    expect(() => parseOptions(["--minutes", "no"])).toThrow("--minutes no");
    expect(() => parseOptions(["--only", "speed"])).toThrow('"speed" is none of doctor');
  });
  it("keep a part's results apart from a whole run's", () => {
    expect(parseOptions([]).out).toMatch(/bench.results$/);
    expect(parseOptions(["--reduced"]).out).toMatch(/\.cache.gpu-suite$/);
  });
});

it.each([
  [["--tune", "bogus"], '--tune bogus: "bogus" is none of f32'],
  [["--tune", "f32", "--seconds", "abc"], "--seconds abc: give a whole number from 1"],
  [["another"], "name one file"],
])("steps %j are refused in a sentence", async (more, message) => {
  const file = join(folder, "refused", "steps.json");
  const command = [process.execPath, "--import", "tsx", "tools/src/gpu-suite/steps-process.ts", file, ...more];
  const { code, tail } = await runProcess(command, 120);
  expect(tail).toMatch(new RegExp(`^${message}.*$`));
  expect([code, existsSync(file)]).toEqual([1, false]);
});

it("the suite, reduced, leaves a results file from which its page can be written again", async () => {
  const only = "doctor,conformance,rungs,steps,pytorch,halves,tuned-matrix,tuned-f16";
  const command = [
    "--import",
    "tsx",
    "tools/src/gpu-suite/main.ts",
    "--reduced",
    "--minutes",
    "20",
    "--only",
    only,
    "--out",
    folder,
  ];
  const { code, tail } = await runProcess([process.execPath, ...command], 1300);
  expect(code, tail).toBe(0);
  const [name, ...others] = readdirSync(folder).filter((one) => one.endsWith(".json"));
  expect(others).toEqual([]);
  const file = join(folder, name!);
  const result = readSuite(file);
  const outcomes = new Map(result.parts.map(({ name: part, outcome, note }) => [part, note ?? outcome]));
  for (const part of ["doctor", "conformance", "steps", "halves", "tuned-f16", "rungs"] as const)
    expect(outcomes.get(part)).toBe("done");
  expect(outcomes.get("tuned-matrix")).toContain("the adapter lacks");
  expect(outcomes.has("pytorch") && outcomes.size).toBe(8);
  expect(result.conformance.map(({ folder }) => folder)).toContain(
    "test/conformance/cases --precision f16 --filter conv2d_1x1",
  );
  expect(result.conformance.every(({ passed, failed }) => passed > 0 && failed === 0)).toBe(true);
  expect(result.rungs.length).toBeGreaterThan(5);
  expect(result.rungs.filter(({ failed }) => failed > 0)).toEqual([]);
  for (const run of result.steps!.runs) {
    expect(run.wholeRun!.seconds).toBeGreaterThan(0);
    expect(run.programs.map(({ kind }) => kind)).toContain("labelled step");
  }
  expect(result.steps!.runs.map(({ precision, tuned }) => `${precision} ${tuned}`)).toEqual([
    "f32 false",
    "f16 false",
    "f16 true",
  ]);
  expect(renderPage(result, new Set())).toBe(readFileSync(file.replace(/json$/, "md"), "utf8"));
  expect(suiteSchema.safeParse({ ...result, date: 1 }).success).toBe(false);
}, 1_400_000);
