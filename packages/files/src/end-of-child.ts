import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { endingSignals, exitCodeOf, type EndingSignal } from "./ending-signals.ts";

/**
 * Waits for a child's end. A signal that asks this process to end is handed on to the child, and ends this one, with the
 * exit code that tells of it, once the child has ended.
 * @returns the child's exit code; null where a signal ended it
 */
export async function endOfChild(child: ChildProcess): Promise<number | null> {
  let asked: EndingSignal | undefined;
  const handOn = (signal: EndingSignal): void => {
    asked ??= signal;
    child.kill(signal);
  };
  for (const signal of endingSignals) process.on(signal, handOn);
  try {
    const [code] = (await once(child, "close")) as [number | null];
    if (asked !== undefined) process.exit(exitCodeOf(asked));
    return code;
  } finally {
    for (const signal of endingSignals) process.off(signal, handOn);
  }
}
