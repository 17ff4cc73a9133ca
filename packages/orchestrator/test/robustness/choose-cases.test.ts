import { describe, expect, it } from "vitest";
import { chooseCases } from "../../src/robustness/choose-cases.ts";
import type { Case, Family } from "../../src/robustness/family.ts";

const one = (name: string, after?: string): Case => ({
  name,
  series: name.split("/")[0]!,
  at: null,
  settings: null,
  measure: () => Promise.resolve({ values: {} }),
  ...(after === undefined ? {} : { after }),
});

const family = (name: string, cases: readonly Case[]): Family => ({ name, title: name, cases, headlines: () => [] });

const families = [
  family("clean", [one("center")]),
  family("attacks", [one("pgd1/1"), one("pgd10/1"), one("pgd10/4", "pgd10/1"), one("pgd10/8", "pgd10/4")]),
];

const chosen = (...only: string[]): string[] =>
  chooseCases(families, only).map((choice) => `${choice.family.name}/${choice.one.name}`);

describe("chooseCases", () => {
  it("takes all where nothing is asked for", () => {
    expect(chosen()).toEqual([
      "clean/center",
      "attacks/pgd1/1",
      "attacks/pgd10/1",
      "attacks/pgd10/4",
      "attacks/pgd10/8",
    ]);
  });

  it("takes a family, a series, or a case, by whole parts of their names", () => {
    expect(chosen("clean")).toEqual(["clean/center"]);
    expect(chosen("attacks/pgd1")).toEqual(["attacks/pgd1/1"]);
    expect(chosen("attacks/pgd10/1", "clean")).toEqual(["clean/center", "attacks/pgd10/1"]);
  });

  it("takes what a case begins from, and what that begins from", () => {
    expect(chosen("attacks/pgd10/8")).toEqual(["attacks/pgd10/1", "attacks/pgd10/4", "attacks/pgd10/8"]);
  });

  it("says what there is where a name is none", () => {
    expect(() => chosen("attack")).toThrow(
      "--only attack: there is no such family or case; there is clean (center); attacks (pgd1, pgd10)",
    );
  });
});
