import { expect, it } from "vitest";
import { RunPace } from "../../src/cost/pace.ts";
import type { WorkCost } from "../../src/cost/run-cost.ts";

/** Work of `passes` passes over 80 images in eights, at so many operations a pass. */
const work = (model: string, part: WorkCost["part"], of: string, passes: number, perPass: number): WorkCost =>
  ({
    model,
    part,
    of,
    passes,
    images: 80,
    use: { batches: { perImage: 0 } },
    runs: [],
    flops: passes * perPass,
  }) as unknown as WorkCost;

const left = [
  work("teacher", "training", "labelled step", 2, 1000),
  work("teacher", "validation", "labelled step", 2, 100),
  work("student", "training", "labelled step", 1, 2000),
  work("student", "validation", "labelled step", 1, 100),
  work("student", "evaluation", "target", 2, 50),
];

function paced(): { pace: RunPace; wait: (ms: number) => void } {
  let now = 0;
  return { pace: new RunPace({ left }, () => now), wait: (ms) => void (now += ms) };
}

it("says nothing before enough steps, then how long one takes and all that is left", () => {
  const { pace, wait } = paced();
  pace.epochBegins("teacher", 0, 2);
  wait(60_000); // Compiling the first step counts as none.
  for (let step = 0; step < 10; step++) {
    pace.step(8);
    expect(pace.measured).toBeUndefined();
    wait(1000);
  }
  pace.epochBegins("teacher", 1, 2);
  pace.step(8);
  const measured = pace.measured!;
  expect(measured.steps).toBe(10);
  expect(measured.secondsOfStep).toBe(1);
  // From the first step's end, 100 operations, to 1200: 10 s for 1100 of the 4400 that all come to.
  expect(measured.secondsLeft).toBeCloseTo((10 / 1100) * (4400 - 1200), 9);
});

it("measures anew once images are decoded, and keeps to what it knows until then", () => {
  const { pace, wait } = paced();
  pace.epochBegins("teacher", 0, 2);
  for (let step = 0; step < 11; step++) {
    pace.step(8);
    wait(1000);
  }
  const slow = pace.measured!.secondsOfStep;
  pace.epochBegins("student", 0, 1);
  expect(pace.measured).toMatchObject({
    secondsOfStep: slow,
    secondsLeft: expect.closeTo((10 / 900) * 2200, 9) as number,
  });
  for (let step = 0; step < 11; step++) {
    pace.step(8);
    wait(100);
  }
  expect(slow).toBe(1);
  expect(pace.measured!.secondsOfStep).toBeCloseTo(0.1, 9);
  expect(pace.measured!.secondsLeft).toBeCloseTo((1 / 1800) * 200, 9);
});

it("counts from the epoch where a run goes on, and what it evaluates", () => {
  const { pace, wait } = paced();
  // Of five epochs the last two are left.
  pace.epochBegins("teacher", 4, 5);
  for (let step = 0; step < 11; step++) {
    pace.step(8);
    wait(500);
  }
  expect(pace.measured!.secondsLeft).toBeCloseTo((5 / 900) * (4400 - 2100), 9);
  pace.epochBegins("student", 0, 1);
  expect(pace.measured!.secondsLeft).toBeCloseTo((5 / 900) * 2200, 9);
  pace.evaluated({ model: "student", task: "target" });
  expect(pace.measured!.secondsLeft).toBe(0);
});
