import { isLive } from "./log.mjs";
import { SingleBar } from "cli-progress";

/** Shows on a terminal how far a search for repeated images is, and the time left. */
export function overlapProgress() {
  const bar = isLive()
    ? new SingleBar({
        format: "{stage} [{bar}] {percentage} %, {eta_formatted} left",
        hideCursor: true,
        gracefulExit: false,
        // Pairs come by the thousand, and at first slowly, while the threads start.
        etaBuffer: 200,
      })
    : undefined;
  let stage = "";
  return {
    onProgress: (now: "images" | "pairs", done: number, total: number): void => {
      if (now !== stage) bar?.start(total, 0, { stage: now === "images" ? "reading images" : "comparing pairs" });
      stage = now;
      bar?.update(done);
      if (done === total) bar?.stop();
    },
    stop: (): void => bar?.stop(),
  };
}
