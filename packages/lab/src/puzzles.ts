import type { Puzzle } from "@fledge/testing/browser";

const files = import.meta.glob<readonly Puzzle[]>("../../../kernels/*/puzzles/*.ts", {
  eager: true,
  import: "default",
});

/** A puzzle, and where it stands. */
export interface PlacedPuzzle extends Puzzle {
  /** The kernel's project, the folder of `kernels/` that the puzzle lies in. */
  readonly project: string;
  readonly kernel: string;
  /** `02-vec4`: with the kernel, its address. */
  readonly file: string;
}

/** Every puzzle of the kernels' folders `puzzles/`, by ladder in the order of its file. */
export const puzzles: readonly PlacedPuzzle[] = Object.entries(files).flatMap(([path, all]) =>
  all.map((puzzle) => {
    const [kernel, file] = puzzle.rung.split("/") as [string, string];
    return { ...puzzle, project: path.split("/").at(-3)!, kernel, file };
  }),
);
