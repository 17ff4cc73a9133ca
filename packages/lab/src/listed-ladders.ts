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

/** What `listLadders` of build/ gives, put in its place when the page is built, so that the first page loads no kernel. */
declare const FLEDGE_LADDERS: readonly ListedProject[];

export const projects = FLEDGE_LADDERS;
