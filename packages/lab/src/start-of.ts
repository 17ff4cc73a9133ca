import { withEdits, type Puzzle } from "@fledge/testing/browser";
import type { RungView } from "./engine/engine.ts";

/** A puzzle's rung, the one before it, and the text that the editor begins with. */
export interface Between {
  readonly rung: RungView;
  /** The rung that it starts from; the dispatch floor before the plainest one. */
  readonly before: RungView;
  readonly start: string;
}

/** @throws where the ladder has no such rungs, or a change of the start does not fit its text */
export function startOf({ rung: id, start }: Puzzle, rungs: readonly RungView[]): Between {
  const rung = rungs.find((one) => one.id === id);
  const before = rungs.find((one) => (rung?.from === null ? one.isFloor : one.id === rung?.from));
  if (!rung || !before) throw new Error(`${id} is no rung that starts from another, or from the dispatch floor`);
  const { of = "before", edits = [] } = start ?? {};
  return { rung, before, start: withEdits((of === "rung" ? rung : before).source, edits) };
}
