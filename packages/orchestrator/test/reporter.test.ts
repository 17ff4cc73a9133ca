import { describe, expect, it, vi } from "vitest";
import type { RunCost } from "../src/cost/run-cost.ts";
import { ConsoleReporter } from "../src/cli/reporter.ts";
import { epochRecord, evaluationRecord } from "./records.ts";
import { capturedStderr } from "./captured-stderr.ts";

const written = capturedStderr();

const lines = (): string[] => written().trimEnd().split("\n");

describe("where the console is a log file", () => {
  const reporter = (): ConsoleReporter => new ConsoleReporter(false);

  it("writes a line for every epoch with loss, accuracies, speed and the time left", () => {
    const console = reporter();
    console.training("student", 10, 0);
    vi.advanceTimersByTime(5_000);
    console.epoch(
      epochRecord(0, {
        phase: "pseudo-labelled",
        trainLoss: 1.2345,
        trainAccuracy: 0.5,
        validationAccuracy: 0.25,
        best: true,
        imagesPerSecond: 32.4,
      }),
    );
    vi.advanceTimersByTime(15_000);
    console.epoch(epochRecord(1, { trainLoss: 1, trainAccuracy: 0.625, validationAccuracy: 0.2 }));
    expect(lines()).toEqual([
      expect.stringContaining("student: training, 10 epochs in all"),
      expect.stringContaining(
        "student epoch 1/10 (pseudo-labelled): loss 1.234, training 50.0 %, validation 25.0 % (best), 32 images/s, 45 s left",
      ),
      expect.stringContaining(
        "student epoch 2/10 (labelled): loss 1.000, training 62.5 %, validation 20.0 %, 32 images/s, 1 min 20 s left",
      ),
    ]);
  });

  it("writes a line every half minute within a long epoch, and none for each step", () => {
    const console = reporter();
    console.training("teacher", 2, 0);
    for (let step = 0; step < 70; step++) {
      vi.advanceTimersByTime(1_000);
      console.step({ kind: "step", epoch: 0, step, loss: 2, accuracy: 0.125 }, 32);
    }
    expect(lines().slice(1)).toEqual([
      expect.stringContaining("teacher epoch 1/2 step 29: loss 2.000, 32 images/s"),
      expect.stringContaining("teacher epoch 1/2 step 59: loss 2.000, 32 images/s"),
    ]);
  });

  it("tells where a resumed training goes on, and counts the time left from there", () => {
    const console = reporter();
    console.training("teacher", 4, 2);
    vi.advanceTimersByTime(10_000);
    console.epoch(epochRecord(2));
    expect(lines()[0]).toContain("teacher: training goes on after epoch 2, 4 epochs in all");
    expect(lines()[1]).toContain("10 s left");
  });

  it("says so where nothing is left to train", () => {
    reporter().training("teacher", 1, 1);
    expect(written()).toContain("teacher: training is complete already, 1 epoch");
  });

  it("tells once how long a step takes, and from then on what the whole run has left", () => {
    const console = reporter();
    // Two epochs of ten steps of 8 images, and as many operations of another model after them.
    const work = { part: "training", images: 80, passes: 2, flops: 2000, use: { batches: { perImage: 0 } }, runs: [] };
    const left = [
      { ...work, model: "teacher" },
      { ...work, model: "student" },
    ];
    console.costs({ left } as unknown as RunCost);
    console.training("teacher", 2, 0);
    for (let step = 0; step < 11; step++) {
      vi.advanceTimersByTime(2_000);
      console.step({ kind: "step", epoch: 0, step, loss: 2, accuracy: 0.125 }, 8);
    }
    console.epoch(epochRecord(0));
    expect(lines().slice(1)).toEqual([
      // Ten steps after the first, 900 of the 1000 operations of an epoch.
      expect.stringMatching(/measured over 10 steps: 2 s a step, about 1 min 7 s left of the run/),
      expect.stringContaining("22 s (of the run 1 min 7 s) left"),
    ]);
  });

  it("gives an evaluation's mean and deviation", () => {
    reporter().evaluated(evaluationRecord("noisy-student", "robustness", 0.5, 0.01));
    expect(written()).toContain("noisy-student, robustness: 50.0 % (standard deviation 1.0 % over 2 evaluations)");
  });

  it("moves no cursor and sets no colour", () => {
    const console = reporter();
    console.training("teacher", 1, 0);
    console.step({ kind: "step", epoch: 0, step: 0, loss: 2, accuracy: 0.125 }, 32);
    console.epoch(epochRecord(0));
    console.note("a note");
    console.close();
    expect(written()).toContain("a note");
    expect(written().includes("\u001b")).toBe(false);
  });
});
