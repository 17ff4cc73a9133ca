import { expect, it, vi } from "vitest";
import { CaseProgress } from "../src/cli/case-progress.ts";
import { capturedStderr } from "./captured-stderr.ts";

const written = capturedStderr();

const about = (name: string, cost: number) => ({ subject: "teacher", name, cost });

it("writes a line for each case with the time left by what cases cost, and for long ones one every half minute", () => {
  const progress = new CaseProgress(false);
  progress.begin({ cases: 4, cost: 100 });
  progress.measured(about("clean/center", 40), true, { accuracy: 0.5 });
  vi.advanceTimersByTime(10_000);
  progress.measured(about("attacks/fgsm/1", 10), false, { accuracy: 0.25 });
  vi.advanceTimersByTime(20_000);
  progress.underWay(about("attacks/pgd10/1", 40), 0.5);
  vi.advanceTimersByTime(15_000);
  progress.underWay(about("attacks/pgd10/1", 40), 0.75);
  vi.advanceTimersByTime(5_000);
  progress.measured(about("attacks/pgd10/1", 40), false, { accuracy: 0 });
  vi.advanceTimersByTime(10_000);
  progress.measured(about("perturbations/tilt", 10), false, { flipProbability: 0.125 });
  expect(written().trimEnd().split("\n")).toEqual([
    // Ten seconds for a cost of ten, fifty are left; what was known cost nothing.
    expect.stringContaining("teacher, attacks/fgsm/1: accuracy 25.0 %; 2 of 4 cases, 50 s left"),
    expect.stringContaining("teacher, attacks/pgd10/1: 75 % done, 23 s left of all"),
    expect.stringContaining("teacher, attacks/pgd10/1: accuracy 0.0 %; 3 of 4 cases, 10 s left"),
    expect.stringContaining("teacher, perturbations/tilt: flipProbability 0.1250; 4 of 4 cases, 0 s left"),
    expect.stringContaining("1 of 4 cases were measured already"),
  ]);
});
