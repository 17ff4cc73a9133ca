import { expect, it } from "vitest";
import { bytesText, flopText, stepText } from "../../src/cli/amounts.ts";
import { loadingSecondsIn } from "../../src/cost/loading.ts";
import { secondsOfWork, type Measurement } from "../../src/cost/measured-cost.ts";
import type { WorkCost } from "../../src/cost/run-cost.ts";
import { programsToMeasure, secondsIn } from "../../src/cost/time.ts";

const program = (id: string, flops: number) => ({ id, flops, use: { kind: "labelled step" } });
const use = { on: "training", batches: { perImage: 1 } };

/** Ten full batches and two of half the operations; the same program's evaluation, done already. */
const work = [
  {
    use,
    images: 40,
    passes: 2,
    flops: 1100,
    runs: [
      { program: program("full", 100), count: 10 },
      { program: program("half", 50), count: 2 },
    ],
  },
  { use, images: 10, passes: 0, flops: 0, runs: [{ program: program("done", 70), count: 0 }] },
] as unknown as WorkCost[];

const full = { id: "full", flops: 100, seconds: 2, runs: 5, compileSeconds: 3 };
const loading = { firstSeconds: 0.5, againSeconds: 0.1, images: 64, shareOfCores: 0.5 };

it("measures full batches of what is left, and takes the last batch by its operations", () => {
  expect(programsToMeasure(work).map(({ id }) => id)).toEqual(["full"]);
  expect(secondsIn(work, new Map([["full", full]]))).toBe(10 * 2 + 2 * 1 + 2 * 3);
  expect(() => secondsIn(work, new Map())).toThrow(/no labelled step was measured/);
});

it("loads every image again in each pass, those beside too, and decodes it once", () => {
  expect(loadingSecondsIn(work, loading)).toBeCloseTo(80 * 2 * 0.1 + 80 * 0.4, 9);
});

it("hides loading behind a GPU's work, and shares the cores with an adapter on the CPU", () => {
  const measurement: Measurement = { programs: new Map([["full", full]]), loading, sharesCores: false };
  expect(secondsOfWork(work, measurement)).toBeCloseTo(48, 9);
  expect(secondsOfWork(work, { ...measurement, loading: { ...loading, firstSeconds: 0.1, againSeconds: 0.01 } })).toBe(
    28,
  );
  expect(secondsOfWork(work, { ...measurement, sharesCores: true })).toBeCloseTo(28 + 24, 9);
});

it("shows amounts in three digits", () => {
  expect([0, 999, 148_230_000, 2.5e15].map(flopText)).toEqual(["0 FLOP", "999 FLOP", "148 MFLOP", "2.5 PFLOP"]);
  expect([512, 9_156_256, 3 * 2 ** 30].map(bytesText)).toEqual(["512 B", "8.73 MiB", "3 GiB"]);
  expect([0.02214, 1.2345].map(stepText)).toEqual(["22.1 ms", "1.23 s"]);
});
