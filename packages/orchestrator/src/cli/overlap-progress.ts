import { Progress } from "./progress.ts";

const stages = {
  images: { what: "reading images", unit: "images" },
  pairs: { what: "comparing images", unit: "pairs" },
} as const;

/** Shows how far a search for repeated images is, and the time left. */
export function overlapProgress() {
  let stage: keyof typeof stages | undefined;
  let progress: Progress | undefined;
  return {
    onProgress: (now: keyof typeof stages, done: number, total: number): void => {
      if (now !== stage) {
        const { what, unit } = stages[now];
        progress?.close();
        progress = new Progress(what, total, { unit });
      }
      stage = now;
      progress!.reach(done);
    },
    stop: (): void => progress?.close(),
  };
}
