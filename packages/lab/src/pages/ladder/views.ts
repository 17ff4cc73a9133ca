import type { ComponentType } from "preact";
import type { LadderView } from "../../engine/engine.ts";

export interface ViewProps {
  readonly ladder: LadderView;
  /** What the address says after the view's name. */
  readonly path: readonly string[];
}

/** A view of a ladder; a new one is a line here and a file beside. */
export interface View {
  readonly name: string;
  readonly title: string;
  readonly load: () => Promise<{ readonly default: ComponentType<ViewProps> }>;
}

export const views: readonly View[] = [
  { name: "study", title: "Study", load: () => import("./study.tsx") },
  { name: "moves", title: "Moves", load: () => import("./moves.tsx") },
  { name: "measure", title: "Measure", load: () => import("./measure.tsx") },
  { name: "edit", title: "Edit", load: () => import("./edit.tsx") },
  { name: "chapter", title: "Chapter", load: () => import("./chapter.tsx") },
];
