import { describe, expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import type { Config } from "../src/config/schema.ts";
import { chosenRows, pseudoLabelRows, type PseudoLabelRow } from "../src/report/pseudo-label-rows.ts";
import {
  classCounts,
  classCountsCsv,
  confidenceBins,
  confidencesCsv,
  confidencesSvg,
} from "../src/report/pseudo-labels.ts";

const demo = presets["demo"]!;
const withLabels = (change: Partial<Config["pseudoLabels"]>): Config => ({
  ...demo,
  pseudoLabels: { ...demo.pseudoLabels, ...change },
});

const row = (label: string, confidence: number, own: string): PseudoLabelRow => ({
  image: "a",
  label,
  confidence,
  own,
});
const rows = [row("wren", 1, "wren"), row("wren", 0.15, "owl"), row("wren", 0.1499, "wren"), row("owl", 0.6, "finch")];

describe("a run's pseudo-labels in the report", () => {
  it("are counted by confidence, in twentieths of which the last holds 1", () => {
    const bins = confidenceBins(rows);
    expect(bins).toHaveLength(20);
    const filled = bins.flatMap(({ images, agreeing }, bin) => (images > 0 ? [[bin, images, agreeing]] : []));
    expect(filled).toEqual([
      [2, 1, 1],
      [3, 1, 0],
      [12, 1, 0],
      [19, 1, 1],
    ]);
    expect(confidencesCsv(bins).split("\n").slice(0, 2)).toEqual(["from,to,images,as_the_data_set", "0.00,0.05,0,0"]);
    expect(confidencesCsv(bins)).toContain("\n0.95,1.00,1,1\n");
    expect(confidencesSvg(bins)).toMatch(/^<svg[^]*otherwise[^]*<\/svg>\s*$/);
  });

  it("are counted by class, whether the teacher gives it or the data set has it", () => {
    const counts = classCounts(rows, null, demo);
    expect(counts.map(({ name, own, labelled, agreeing }) => [name, own, labelled, agreeing])).toEqual([
      ["finch", 1, 0, 0],
      ["owl", 1, 1, 0],
      ["wren", 2, 3, 2],
    ]);
    expect(counts.map(({ kept, chosen, copies }) => [kept, chosen, copies])).toEqual(Array(3).fill([null, null, null]));
  });

  it("tell which are sure enough, by one threshold or each class's, where the confidences are those of training", () => {
    const keptAt = (change: Partial<Config["pseudoLabels"]>) =>
      classCounts(rows, null, withLabels(change)).map(({ kept }) => kept);
    expect(keptAt({ threshold: 0.15 })).toEqual([0, 1, 2]);
    expect(keptAt({ threshold: [0, 0.7, 0] })).toEqual([0, 0, 3]);
    expect(keptAt({ threshold: [0.1, 0.2] })).toEqual([null, null, null]);
    expect(keptAt({ threshold: 0.15, temperature: 2 })).toEqual([null, null, null]);
    expect(keptAt({ threshold: 0.15, temperature: 2, made: "generation" })).toEqual([0, 1, 2]);
  });

  it("tell which are chosen, and how often", () => {
    const chosen = [
      { label: "wren", copies: 3 },
      { label: "wren", copies: 2 },
    ];
    const counts = classCounts(rows, chosen, demo);
    expect(counts.map((one) => [one.chosen, one.copies])).toEqual([
      [0, 0],
      [0, 0],
      [2, 5],
    ]);
    expect(classCountsCsv(counts).trimEnd().split("\n").at(-1)).toBe("wren,2,3,2,,2,5");
  });

  it("are read as they were written, and a damaged line is named", () => {
    const text = 'image,pseudo_label,probability,own_label\n"a, ""b"".jpg",wren,0.9876,owl\n';
    expect(pseudoLabelRows(text, "f")).toEqual([
      { image: 'a, "b".jpg', label: "wren", confidence: 0.9876, own: "owl" },
    ]);
    for (const line of ["a,wren,0.5", "a,wren,1.5,owl", "a,wren,0.5,owl,more"])
      expect(() => pseudoLabelRows(`${text}${line}\n`, "labels.csv")).toThrow("labels.csv, line 3 is no row of it");
    expect(chosenRows("h\na,wren,0.5,2\n", "f")).toEqual([{ label: "wren", copies: 2 }]);
    expect(() => chosenRows("h\na,wren,0.5,0\n", "c.csv")).toThrow("c.csv, line 2");
  });
});
