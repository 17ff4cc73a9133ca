import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { benchOptions, wantsRung, wantsShape } from "../src/options.ts";
import { readLadders, readResults, saveResults } from "../src/results.ts";
import { caseOf, ladderOf, timed } from "./results.ts";
import { renderTable, threeDigits } from "../src/table.ts";
import { timeFunction } from "../src/time-function.ts";

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
  it("of several titles share a file, and the latest of a title stays", async () => {
    const file = join(folder, "results.json");
    await saveResults(file, { one: 1 });
    await saveResults(file, { two: 2 });
    await saveResults(file, { one: 3 });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ one: 3, two: 2 });
    expect(readdirSync(folder)).toEqual(["results.json"]);
    await saveResults(file, { two: { timeUs: 123.456789, count: 2359296 } });
    expect(readFileSync(file, "utf8")).toBe('{\n"one": 3,\n"two": {"timeUs":123.457,"count":2359296}\n}\n');
  });
  it("are read back by title, the ladders among them by themselves", async () => {
    const file = join(folder, "results.json");
    expect(() => readResults(file)).toThrow(`there is no file ${file}`);
    const ladder = ladderOf(caseOf("small", [timed("01-naive", 20)], "01-naive"));
    await saveResults(file, { ladder, functions: { results: {} } });
    expect(Object.keys(readResults(file))).toEqual(["ladder", "functions"]);
    expect(readLadders(file)).toMatchObject({ ladder: { cases: [{ rungs: [{ rung: "01-naive" }] }] } });
    await saveResults(file, { ladder: { ...ladder, cases: [{ name: 3 }] } });
    expect(() => readLadders(file)).toThrow(
      /results\.json: the results of ladder are damaged: [^]*at cases\[0\]\.name/,
    );
  });
  it("never overwrite a file that is something else", async () => {
    const file = join(folder, "notes.txt");
    for (const content of ["notes", "[1]", "null"]) {
      writeFileSync(file, content);
      await expect(saveResults(file, { one: 1 })).rejects.toThrow("notes.txt");
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
