import { afterEach, beforeEach, vi } from "vitest";

/** In each test of the file time stands still, and stderr goes into a text. @returns what is written so far */
export function capturedStderr(): () => string {
  let written = "";
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["performance"] });
    written = "";
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  return () => written;
}
