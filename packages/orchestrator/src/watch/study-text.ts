import { countsText, inStateOrder, stateOrder, type StudyStates } from "../study/study-states.ts";

const widest = Math.max(...stateOrder.map(({ length }) => length));

/** A study as lines for a terminal. @param inPlace false where each line that is new becomes a further one */
export function studyText(name: string, { states, queueUnknown }: StudyStates, inPlace = true): string[] {
  // A terminal has no room for all.
  const sorted = inPlace ? inStateOrder(states) : states;
  // Widths that no state changes: a line that says the same is the same.
  const column = Math.max(...states.map(({ id }) => id.length));
  const lines = sorted.map(({ id, state, about }) =>
    `${id.padEnd(column)}  ${state.padEnd(widest)}  ${about}`.trimEnd(),
  );
  return [`${name}: ${countsText(states)}`, ...(queueUnknown === undefined ? [] : [queueUnknown]), ...lines];
}
