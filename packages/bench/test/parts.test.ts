import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inout, output, type KernelPlan } from "@fledge/runtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seededRandom, shuffled } from "../src/random.ts";
import { benchOptions, wantsRung, wantsShape } from "../src/options.ts";
import { readLadders, readResults, saveResults } from "../src/results.ts";
import { spreadOf } from "../src/statistics.ts";
import { renderTable, threeDigits } from "../src/table.ts";
import { timeFunction } from "../src/time-function.ts";
import { compareOutputs, firstTouched } from "../src/verify.ts";

describe("spreadOf", () => {
  it("interpolates as numpy.percentile does", () => {
    expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, p10: 1.3, p90: 3.7, samples: 4 });
    expect(spreadOf([7])).toEqual({ median: 7, p10: 7, p90: 7, samples: 1 });
  });
  it("refuses an empty list", () => {
    expect(() => spreadOf([])).toThrow("at least one sample");
  });
});

describe("seeded randomness", () => {
  it("repeats for a seed, differs between seeds, and fills [-1, 1)", () => {
    const draw = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed));
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
    expect(Math.min(...draw(5))).toBeGreaterThanOrEqual(-1);
    expect(Math.min(...draw(5))).toBeLessThan(-0.98);
    expect(Math.max(...draw(5))).toBeLessThan(1);
    expect(Math.max(...draw(5))).toBeGreaterThan(0.98);
  });
  it("shuffles without losing anything", () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const mixed = shuffled(items, seededRandom(1));
    expect(mixed).not.toEqual(items);
    expect(mixed.toSorted((a, b) => a - b)).toEqual(items);
  });
});

describe("compareOutputs", () => {
  const expected = { out: Float64Array.of(1, 2) };
  const mismatch = (...args: Parameters<typeof compareOutputs>): string | null => compareOutputs(...args).mismatch;
  it("takes a bound for all elements or one for each, and demands equality without one", () => {
    const out = Float32Array.of(1, 2.125);
    expect(mismatch({ out }, expected, { out: 0.125 })).toBeNull();
    expect(mismatch({ out }, expected, { out: Float64Array.of(0, 0.125) })).toBeNull();
    expect(mismatch({ out }, expected, { out: Float64Array.of(0.125, 0) })).toContain("out[1] is 2.125");
    expect(mismatch({ out }, expected, {})).toContain("out[1] is 2.125");
  });
  it("gives the largest error over its bound", () => {
    const worst = (out: Float32Array<ArrayBuffer>, bound: number | Float64Array): number =>
      compareOutputs({ out }, expected, { out: bound }).worstError;
    expect(worst(Float32Array.of(1.125, 2), 0.25)).toBe(0.5);
    expect(worst(Float32Array.of(1.125, 2.125), Float64Array.of(1, 0.125))).toBe(1);
    expect(worst(Float32Array.of(1, 2), 0)).toBe(0);
    expect(worst(Float32Array.of(1, 3), 0.25)).toBe(Infinity);
  });
  it("widens the bounds by a rung's factor", () => {
    const out = Float32Array.of(1.25, 2);
    expect(mismatch({ out }, expected, { out: 0.125 }, 2)).toBeNull();
    expect(compareOutputs({ out }, expected, { out: 0.125 }, 4).worstError).toBe(0.5);
    expect(mismatch({ out }, expected, { out: 0.125 }, 1.5)).toContain("out[0] is 1.25, expected 1 within 0.1875");
  });
  it("never lets NaN, a missing or a short output pass", () => {
    expect(mismatch({ out: Float32Array.of(1, NaN) }, expected, { out: Infinity })).toContain("out[1] is NaN");
    expect(mismatch({}, expected, {})).toContain('no output "out"');
    expect(mismatch({ out: Float32Array.of(1) }, expected, {})).toContain("1 elements, the reference 2");
  });
});

describe("firstTouched", () => {
  const plan: KernelPlan = {
    kernel: "k",
    rung: "k/00-noop",
    scratch: {},
    dispatches: [],
    features: [],
    flops: 0,
    leastBytes: 0,
    tensors: { out: output([2]), sum: inout([1], "u32") },
  };
  const untouched = new Float32Array(new Uint8Array(8).fill(0xff).buffer);
  it("wants outputs with every bit set, and tensors that are updated in place as they came", () => {
    const inputs = { sum: Uint32Array.of(7) };
    expect(firstTouched({ out: untouched, sum: Uint32Array.of(7) }, plan, inputs)).toBeNull();
    expect(firstTouched({ out: untouched, sum: Uint32Array.of(8) }, plan, inputs)).toBe("it writes sum");
    expect(firstTouched({ out: Float32Array.of(NaN, NaN), sum: Uint32Array.of(7) }, plan, inputs)).toBe(
      "it writes out",
    );
  });
});

describe("tables", () => {
  it("keeps three significant digits without an exponent", () => {
    const rounded = [0, 0.000123456, 0.99, 12.345, 1234567, NaN, Infinity].map(threeDigits);
    expect(rounded).toEqual(["0", "0.000123", "0.990", "12.3", "1234567", "-", "-"]);
  });
  it("are Markdown", () => {
    expect(renderTable(["rung", "us"], [["one", "2.00"]]).split("\n")).toEqual([
      "| rung |   us |",
      "| :--- | ---: |",
      "| one  | 2.00 |",
    ]);
    expect(renderTable(["rung", "idea", "us"], [["one", "no", "2.00"]], 2).split("\n")[1]).toBe(
      "| :--- | :--- | ---: |",
    );
  });
});

describe("--rung and --shape", () => {
  it("choose by id or what follows its slash, and by the case's whole name; without them everything is wanted", () => {
    const options = benchOptions(["--rung", "02-tiled", "--rung", "conv/03-fast", "--shape", "conv1, 64 px"], {});
    const ids = ["conv/01-naive", "conv/02-tiled", "linear/02-tiled", "conv/03-fast", "linear/03-fast"];
    expect(ids.filter((id) => wantsRung(options, id))).toEqual(["conv/02-tiled", "linear/02-tiled", "conv/03-fast"]);
    expect(["conv1, 64 px", "conv1"].filter((name) => wantsShape(options, name))).toEqual(["conv1, 64 px"]);
    expect(wantsRung(benchOptions([], {}), "conv/01-naive") && wantsShape(benchOptions([], {}), "conv1")).toBe(true);
  });
});

describe("results", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fledge-results-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("go where --json says, else where the environment says", () => {
    expect(benchOptions(["--json", "a.json"], { FLEDGE_BENCH_JSON: "b.json" }).file).toBe("a.json");
    expect(benchOptions([], { FLEDGE_BENCH_JSON: "b.json" }).file).toBe("b.json");
    expect(benchOptions([], {}).file).toBeUndefined();
    expect(() => benchOptions(["--jsno", "a.json"], {})).toThrow("--jsno");
  });
  it("of several titles share a file, and the latest of a title stays", () => {
    const file = join(folder, "results.json");
    saveResults(file, { one: 1 });
    saveResults(file, { two: 2 });
    saveResults(file, { one: 3 });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ one: 3, two: 2 });
    expect(readdirSync(folder)).toEqual(["results.json"]);
    saveResults(file, { two: { timeUs: 123.456789, count: 2359296 } });
    expect(readFileSync(file, "utf8")).toBe('{\n"one": 3,\n"two": {"timeUs":123.457,"count":2359296}\n}\n');
  });
  it("are read back by title, the ladders among them by themselves", () => {
    const file = join(folder, "results.json");
    expect(() => readResults(file)).toThrow(`there is no file ${file}`);
    const ladder = { adapter: {}, cases: [] };
    saveResults(file, { ladder, functions: { results: {} } });
    expect(Object.keys(readResults(file))).toEqual(["ladder", "functions"]);
    expect(readLadders(file)).toEqual({ ladder });
  });
  it("never overwrite a file that is something else", () => {
    const file = join(folder, "notes.txt");
    for (const content of ["notes", "[1]", "null"]) {
      writeFileSync(file, content);
      expect(() => saveResults(file, { one: 1 })).toThrow("notes.txt");
      expect(readFileSync(file, "utf8")).toBe(content);
    }
  });
});

it("a function that throws ends its benchmark with that error", async () => {
  const run = (): never => {
    throw new Error("no such image");
  };
  await expect(timeFunction("broken", run, { timeMs: 1, minRuns: 1, warmup: false })).rejects.toThrow("no such image");
});
