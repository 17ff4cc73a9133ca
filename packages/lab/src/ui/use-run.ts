import { useRef, useState } from "preact/hooks";
import { stopEngine, StoppedError } from "../engine/client.ts";

/**
 * A task of the engine's that a visitor starts, follows and may stop: one at a time. What an older one still says when
 * the next has begun counts for nothing; it may ask `isLatest` before it shows what it found.
 */
export function useRun() {
  const [what, tell] = useState<string | null>(null);
  const [error, setError] = useState<unknown>();
  const starts = useRef(0);
  const start = (task: (tell: (what: string) => void, isLatest: () => boolean) => Promise<void>): void => {
    const own = (starts.current += 1);
    const isLatest = (): boolean => starts.current === own;
    const tellOwn = (words: string | null): void => {
      if (isLatest()) tell(words);
    };
    setError(undefined);
    tell("Starting");
    task(tellOwn, isLatest)
      .catch((reason: unknown) => {
        if (isLatest() && !(reason instanceof StoppedError)) setError(reason);
      })
      .finally(() => tellOwn(null));
  };
  return { isRunning: what !== null, what, error, start, stop: stopEngine };
}
