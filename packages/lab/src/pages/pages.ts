import type { ComponentType } from "preact";

/** What the address after `#/` and the page's own first part says: `["conv2d-forward", "measure"]`. */
export interface PageProps {
  readonly path: readonly string[];
}

/** A page of the lab; a new one is a line here and a file beside. */
export interface Page {
  /** First part of its address: `ladder` of `#/ladder/conv2d-forward/measure`; empty for the first page. */
  readonly name: string;
  readonly title: string;
  /** Whether the menu on top leads to it. */
  readonly inMenu: boolean;
  readonly load: () => Promise<{ readonly default: ComponentType<PageProps> }>;
}

export const pages: readonly Page[] = [
  { name: "", title: "Ladders", inMenu: true, load: () => import("./home.tsx") },
  { name: "ladder", title: "Ladder", inMenu: false, load: () => import("./ladder.tsx") },
  { name: "puzzles", title: "Puzzles", inMenu: true, load: () => import("./puzzles.tsx") },
  { name: "step", title: "One step, opened", inMenu: true, load: () => import("./step.tsx") },
  { name: "help", title: "How to use the lab", inMenu: true, load: () => import("./help.tsx") },
];
