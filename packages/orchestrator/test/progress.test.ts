import { expect, it, vi } from "vitest";
import { overlapProgress } from "../src/cli/overlap-progress.ts";
import { Progress } from "../src/cli/progress.ts";
import { capturedStderr } from "./captured-stderr.ts";

const written = capturedStderr();

const lines = (): string[] => written().split("\n").filter(Boolean);

it("writes where no terminal is a line every half minute with the time left, and none at the end", () => {
  const progress = new Progress("checking the labelled images", 200, { live: false });
  for (let done = 0; done < 200; done++) {
    vi.advanceTimersByTime(500);
    progress.add(1);
  }
  progress.close();
  expect(lines()).toEqual(
    ["60 of 200 images, 1 min 10 s left", "120 of 200 images, 40 s left", "180 of 200 images, 10 s left"].map((text) =>
      expect.stringContaining(`checking the labelled images: ${text}`),
    ),
  );
});

it("counts what it is told to count, from the beginning", () => {
  const progress = new Progress("predicting", 100, { unit: "settings", live: false });
  vi.advanceTimersByTime(40_000);
  progress.reach(40);
  expect(lines()).toEqual([expect.stringContaining("predicting: 40 of 100 settings, 1 min 0 s left")]);
});

it("tells the stages of a search for repeats apart", () => {
  const { onProgress, stop } = overlapProgress();
  vi.advanceTimersByTime(31_000);
  onProgress("images", 1, 2);
  vi.advanceTimersByTime(31_000);
  onProgress("images", 2, 2);
  onProgress("pairs", 1, 9);
  vi.advanceTimersByTime(31_000);
  onProgress("pairs", 3, 9);
  stop();
  expect(lines()).toEqual([expect.stringContaining("comparing images: 3 of 9 pairs, 1 min 2 s left")]);
});
