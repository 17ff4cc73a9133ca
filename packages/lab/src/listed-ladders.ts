/** A rung as the list of ladders names it. */
interface ListedRung {
  readonly id: string;
  readonly idea: string;
}

/** A kernel's project as the list of ladders shows it. */
export interface ListedProject {
  readonly project: string;
  /** The README's first paragraph. */
  readonly summary: string;
  readonly ladders: readonly { readonly name: string; readonly rungs: readonly ListedRung[] }[];
}
