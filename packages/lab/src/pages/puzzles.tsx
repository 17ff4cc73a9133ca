import { puzzles, type PlacedPuzzle } from "../puzzles.ts";
import { Nowhere } from "../ui/nowhere.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAnswer } from "../ui/use-answer.ts";
import type { PageProps } from "./pages.ts";
import { PuzzleList } from "./puzzles/list.tsx";

/** One puzzle; the list does without the editor that it loads. */
function OnePuzzle({ puzzle }: { readonly puzzle: PlacedPuzzle }) {
  const { value: shown, error } = useAnswer(() => import("./puzzles/puzzle.tsx"), []);
  if (error !== undefined) return <Problem error={error} />;
  return shown ? <shown.PuzzlePage puzzle={puzzle} /> : <p role="status">Loading the puzzle...</p>;
}

/** Exercises between two rungs, `#/puzzles`, and one of them, `#/puzzles/sgd-update/02-vec4`. */
export default function Puzzles({ path: [kernel, file] }: PageProps) {
  if (kernel === undefined || kernel === "") return <PuzzleList />;
  const puzzle = puzzles.find((one) => one.kernel === kernel && one.file === file);
  if (!puzzle) {
    const missing = `There is no puzzle "${[kernel, file].filter(Boolean).join("/")}".`;
    return <Nowhere missing={missing} link="All puzzles" to="#/puzzles" />;
  }
  return <OnePuzzle key={puzzle.rung} puzzle={puzzle} />;
}
