/** Text put into a module. */
export interface Edit {
  readonly at: number;
  readonly text: string;
  /** How many characters it replaces. */
  readonly length?: number;
}

/** A text with all edits made, in the order of their places, those of one place as they were given, what replaces something last. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const inOrder = [...edits].sort((a, b) => a.at - b.at || (a.length ?? 0) - (b.length ?? 0));
  let result = "";
  let copied = 0;
  for (const { at, text: inserted, length = 0 } of inOrder) {
    result += text.slice(copied, at) + inserted;
    copied = at + length;
  }
  return result + text.slice(copied);
}
