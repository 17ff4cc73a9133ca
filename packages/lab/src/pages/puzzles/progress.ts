import { forget, keep, readKept } from "../../ui/kept.ts";

/** How far a visitor is with a puzzle. */
export interface Progress {
  /** Hints shown. */
  readonly hints: number;
  /** Whether some module was right on all shapes. */
  readonly isRight: boolean;
  /** The fastest that was, as a share of the rung's rate, and where. */
  readonly best: { readonly share: number; readonly adapter: string } | null;
}

const begun: Progress = { hints: 0, isRight: false, best: null };

const key = (rung: string): string => `puzzle/progress/${rung}`;

/** Where a puzzle's module is kept. */
export const draftKey = (rung: string): string => `puzzle/draft/${rung}`;

export const progressOf = (rung: string): Progress => readKept<Progress>(key(rung)) ?? begun;

/** Keeps what has changed, and gives all of it. */
export function advance(rung: string, change: Partial<Progress>): Progress {
  const progress = { ...progressOf(rung), ...change };
  keep(key(rung), progress);
  return progress;
}

/** Forgets every puzzle's progress and module. */
export const forgetAll = (): void => forget("puzzle/");

export const isSolved = ({ best }: Progress, { share }: { readonly share: number }): boolean =>
  best !== null && best.share >= share;
