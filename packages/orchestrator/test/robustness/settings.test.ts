import { describe, expect, it } from "vitest";
import { parseAssignment, resolveConfig, UsageError } from "../../src/config/resolve.ts";
import { familiesOf } from "../../src/robustness/families.ts";
import type { Case } from "../../src/robustness/family.ts";

/** The cases of a family of the demo preset under some settings. */
const casesOf = (family: string, ...assignments: string[]): readonly Case[] =>
  familiesOf(
    resolveConfig(
      "demo",
      assignments.map((one) => parseAssignment(`robustness.${one}`)),
    ),
  ).find(({ name }) => name === family)!.cases;

const settingsOf = (one: Case): unknown => ("view" in one ? one.view : one.settings);
const names = (cases: readonly Case[]): string[] => cases.map(({ name }) => name);
const attack = (series: string, ...assignments: string[]): Case =>
  casesOf("attacks", ...assignments).find((one) => one.series === series)!;

describe("each setting of robustness is a case's", () => {
  it("attacks.epsilons and attacks.pgd.steps name the cases, each after the one before it", () => {
    const cases = casesOf("attacks", "attacks.epsilons=[1,2.5]", "attacks.pgd.steps=[3]");
    const series = ["fgsm", "pgd3", "apgd-ce", "apgd-t-dlr", "square"];
    expect(names(cases)).toEqual(series.flatMap((name) => [`${name}/1`, `${name}/2.5`]));
    expect(cases.map(({ after }) => after)).toEqual(series.flatMap((name) => [undefined, `${name}/1`]));
    expect(cases.map(({ at }) => at)).toEqual(series.flatMap(() => [1, 2.5]));
  });

  it.each([
    ["pgd10", "attacks.pgd.stepRatio=1", { stepRatio: 1 }],
    ["pgd10", "attacks.pgd.restarts=7", { restarts: 7 }],
    ["apgd-ce", "attacks.apgd.steps=9", { steps: 9 }],
    ["apgd-ce", "attacks.apgd.restarts=3", { restarts: 3 }],
    ["apgd-t-dlr", "attacks.apgd.targets=5", { targets: 5 }],
    ["square", "attacks.square.queries=77", { queries: 77 }],
    ["square", "attacks.square.restarts=4", { restarts: 4 }],
    ["square", "attacks.square.initialShare=0.5", { initialShare: 0.5 }],
  ])("%s takes %s", (series, assignment, expected) => {
    const [before, after] = [attack(series), attack(series, assignment)];
    expect(settingsOf(after)).toMatchObject({ attack: expected });
    expect(settingsOf(before)).not.toEqual(settingsOf(after));
    // How far a step goes costs nothing; how many there are does.
    expect(after.cost === before.cost).toBe(/Ratio|Share/.test(assignment));
  });

  it("attacks.images bounds the attacks, calibration.bins the bins", () => {
    expect(new Set(casesOf("attacks", "attacks.images=5").map(({ images }) => images))).toEqual(new Set([5]));
    expect(settingsOf(casesOf("calibration", "calibration.bins=4")[0]!)).toMatchObject({ bins: 4 });
  });

  it.each([
    "attacks.epsilons=[]",
    "attacks.epsilons=[2,1]",
    "attacks.epsilons=[0]",
    "attacks.epsilons=[256]",
    "attacks.pgd.steps=[10,10]",
    "attacks.pgd.stepRatio=0",
    "attacks.square.initialShare=1.5",
    "attacks.square.queries=0",
    "attacks.apgd.targets=0",
    "calibration.bins=0",
    "images=0",
    "seed=-1",
    "attacks.epsilon=[1]",
  ])("refuses %s", (assignment) => {
    const key = assignment.slice(0, assignment.indexOf("="));
    expect(() => casesOf("attacks", assignment)).toThrow(UsageError);
    expect(() => casesOf("attacks", assignment)).toThrow(`robustness.${key}`);
  });
});
