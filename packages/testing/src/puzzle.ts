/** A change of a text: what stands in it exactly once, and what is put there. */
export type TextEdit = readonly [found: string, put: string];

/** A solution that computes something else than asked, or only by luck what is asked. */
export interface WrongSolution {
  /** The mistake, by name. */
  readonly mistake: string;
  /** What makes it of the puzzle's rung. */
  readonly edits: readonly TextEdit[];
}

/**
 * An exercise between two rungs: from the one that `rung` starts from to `rung` itself. The plainest rung starts from the
 * dispatch floor.
 */
export interface Puzzle {
  /**
   * The rung that a solution is held against, `sgd-update/02-vec4`. A solution runs with its workgroups, parameters and
   * scratch buffers.
   */
  readonly rung: string;
  readonly title: string;
  /** In plain words, a paragraph each. */
  readonly goal: readonly string[];
  /**
   * What the editor begins with: the rung before as it is, or one of the two with these changes, so that a start is
   * never a copy.
   */
  readonly start?: { readonly of: "before" | "rung"; readonly edits: readonly TextEdit[] };
  /** Shown one at a time; the last is nearly the answer. */
  readonly hints: readonly string[];
  /** The layer of the kernel's benchmark that solutions are timed on. */
  readonly layer: string;
  /** Share of the rung's rate there that a solution must reach. */
  readonly share: number;
  /** What the checks must find out: at least five. */
  readonly wrong: readonly WrongSolution[];
}

/** @throws where something to be found does not stand in the text exactly once */
export function withEdits(text: string, edits: readonly TextEdit[]): string {
  let changed = text;
  for (const [found, put] of edits) {
    const times = changed.split(found).length - 1;
    if (times !== 1) throw new Error(`${JSON.stringify(found)} stands ${times} times in the text to change, not once`);
    changed = changed.replace(found, () => put);
  }
  return changed;
}
