import type { NodeStatus } from "../study/node-status.ts";
import { countsText } from "../study/study-states.ts";

/** What is looked at first stands first: a terminal has no room for all. */
const order: readonly NodeStatus["state"][] = ["running", "failed", "stopped", "waiting", "not begun", "done"];

const widest = Math.max(...order.map(({ length }) => length));

/** A study as lines for a terminal. @param inPlace false where each line that is new becomes a further one */
export function studyText(name: string, states: readonly NodeStatus[], inPlace = true): string[] {
  const sorted = inPlace ? order.flatMap((state) => states.filter((one) => one.state === state)) : states;
  // Widths that no state changes: a line that says the same is the same.
  const column = Math.max(...states.map(({ id }) => id.length));
  const lines = sorted.map(({ id, state, about }) =>
    `${id.padEnd(column)}  ${state.padEnd(widest)}  ${about}`.trimEnd(),
  );
  return [`${name}: ${countsText(states)}`, ...lines];
}
