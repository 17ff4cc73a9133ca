import { useState } from "preact/hooks";
import { stopEngine, StoppedError } from "../engine/client.ts";

/** A task of the engine's that a visitor starts, follows and may stop: one at a time. */
export function useRun() {
  const [what, tell] = useState<string | null>(null);
  const [error, setError] = useState<unknown>();
  const start = (task: (tell: (what: string) => void) => Promise<void>): void => {
    setError(undefined);
    tell("Starting");
    task(tell)
      .catch((reason: unknown) => {
        if (!(reason instanceof StoppedError)) setError(reason);
      })
      .finally(() => tell(null));
  };
  return { isRunning: what !== null, what, error, start, stop: stopEngine };
}
