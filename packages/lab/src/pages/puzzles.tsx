import { puzzles } from "../puzzles.ts";
import { Problem } from "../ui/problem.tsx";
import type { PageProps } from "./pages.ts";
import { PuzzleList } from "./puzzles/list.tsx";
import { PuzzlePage } from "./puzzles/puzzle.tsx";

/** Exercises between two rungs, `#/puzzles`, and one of them, `#/puzzles/sgd-update/02-vec4`. */
export default function Puzzles({ path: [kernel, file] }: PageProps) {
  if (kernel === undefined || kernel === "") return <PuzzleList />;
  const puzzle = puzzles.find((one) => one.kernel === kernel && one.file === file);
  if (!puzzle)
    return (
      <>
        <Problem error={new Error(`There is no puzzle "${[kernel, file].filter(Boolean).join("/")}".`)} />
        <p>
          <a href="#/puzzles">All puzzles</a>
        </p>
      </>
    );
  return <PuzzlePage key={puzzle.rung} puzzle={puzzle} />;
}
