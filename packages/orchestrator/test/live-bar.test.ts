import { PassThrough } from "node:stream";
import { afterEach, expect, it, vi } from "vitest";
import { LiveBar } from "../src/cli/live-bar.ts";

const [hidden, shown, cut, wrapped] = ["\u001b[?25l", "\u001b[?25h", "\u001b[?7l", "\u001b[?7h"] as const;

afterEach(() => {
  vi.restoreAllMocks();
});

/** A bar on a terminal, with what it has written so far. */
function onTerminal(): { bar: LiveBar; written: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
  let text = "";
  stream.on("data", (chunk) => (text += String(chunk)));
  return { bar: new LiveBar("{bar}", { stream: stream as unknown as NodeJS.WritableStream }), written: () => text };
}

it.each(["SIGHUP", "SIGINT", "SIGTERM"] as const)("gives the terminal back where %s ends the process", (signal) => {
  const kill = vi.spyOn(process, "kill").mockReturnValue(true);
  const { bar, written } = onTerminal();
  bar.start(10, 0);
  expect([written().includes(hidden), written().includes(cut), written().includes(shown)]).toEqual([true, true, false]);
  process.emit(signal, signal);
  expect([written().includes(shown), written().includes(wrapped)]).toEqual([true, true]);
  expect(kill.mock.calls).toEqual([[process.pid, signal]]);
});

it("leaves signals alone once it has stopped", () => {
  const before = process.listenerCount("SIGINT");
  const { bar } = onTerminal();
  bar.start(10, 0);
  expect(process.listenerCount("SIGINT")).toBe(before + 1);
  bar.stop();
  expect(process.listenerCount("SIGINT")).toBe(before);
});
