import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seededRandom, shuffled } from "../src/random.ts";
import { resultsFile, saveResult } from "../src/results.ts";
import { spreadOf } from "../src/statistics.ts";
import { percentOf, renderTable, threeDigits } from "../src/table.ts";
import { timeFunction } from "../src/time-function.ts";
import { firstMismatch } from "../src/verify.ts";

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

describe("firstMismatch", () => {
  const expected = { out: Float64Array.of(1, 2) };
  it("takes a bound for all elements or one for each, and demands equality without one", () => {
    const out = Float32Array.of(1, 2.125);
    expect(firstMismatch({ out }, expected, { out: 0.125 })).toBeNull();
    expect(firstMismatch({ out }, expected, { out: Float64Array.of(0, 0.125) })).toBeNull();
    expect(firstMismatch({ out }, expected, { out: Float64Array.of(0.125, 0) })).toContain("out[1] is 2.125");
    expect(firstMismatch({ out }, expected, {})).toContain("out[1] is 2.125");
  });
  it("never lets NaN, a missing or a short output pass", () => {
    expect(firstMismatch({ out: Float32Array.of(1, NaN) }, expected, { out: Infinity })).toContain("out[1] is NaN");
    expect(firstMismatch({}, expected, {})).toContain('no output "out"');
    expect(firstMismatch({ out: Float32Array.of(1) }, expected, {})).toContain("1 elements, the reference 2");
  });
});

describe("tables", () => {
  it("keeps three significant digits without an exponent", () => {
    const rounded = [0, 0.000123456, 0.99, 12.345, 1234567, NaN, Infinity].map(threeDigits);
    expect(rounded).toEqual(["0", "0.000123", "0.990", "12.3", "1234567", "-", "-"]);
    expect(percentOf(1, 3)).toBe("33.3 %");
  });
  it("are Markdown", () => {
    expect(renderTable(["rung", "us"], [["one", "2.00"]]).split("\n")).toEqual(["| rung |   us |", "| :--- | ---: |", "| one  | 2.00 |"]);
  });
});

describe("results", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "fledge-results-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("go where --json says, else where the environment says", () => {
    expect(resultsFile(["--json", "a.json"], { FLEDGE_BENCH_JSON: "b.json" })).toBe("a.json");
    expect(resultsFile([], { FLEDGE_BENCH_JSON: "b.json" })).toBe("b.json");
    expect(resultsFile([], {})).toBeUndefined();
    expect(() => resultsFile(["--jsno", "a.json"], {})).toThrow("--jsno");
  });
  it("of several titles share a file, and the latest of a title stays", () => {
    const file = join(folder, "results.json");
    saveResult(file, "one", 1);
    saveResult(file, "two", 2);
    saveResult(file, "one", 3);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ one: 3, two: 2 });
    expect(readdirSync(folder)).toEqual(["results.json"]);
  });
  it("never overwrite a file that is something else", () => {
    const file = join(folder, "notes.txt");
    for (const content of ["notes", "[1]", "null"]) {
      writeFileSync(file, content);
      expect(() => saveResult(file, "one", 1)).toThrow("notes.txt");
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
