import { useState } from "preact/hooks";
import { puzzles, type PlacedPuzzle } from "../../puzzles.ts";
import { threeDigits } from "../../ui/format.ts";
import { forgetAll, isSolved, progressOf } from "./progress.ts";

/** Where a visitor stands, in words. */
function Standing({ puzzle }: { readonly puzzle: PlacedPuzzle }) {
  const progress = progressOf(puzzle.rung);
  if (isSolved(progress, puzzle))
    return (
      <>
        <span class="mark sound">solved</span> {threeDigits(100 * progress.best!.share)} % of the rung
      </>
    );
  if (progress.best) return <>right, {threeDigits(100 * progress.best.share)} % of the rung</>;
  if (progress.isRight) return <>right, not timed</>;
  return <span class="quiet">to do</span>;
}

/** All puzzles by ladder, with how far the visitor is. */
export function PuzzleList() {
  const [, redraw] = useState(0);
  const kernels = [...new Set(puzzles.map(({ kernel }) => kernel))];
  const solved = puzzles.filter((puzzle) => isSolved(progressOf(puzzle.rung), puzzle)).length;
  return (
    <>
      <h1>Puzzles</h1>
      <p class="lead">
        Each is the step from one rung of a ladder to the next: begin with the rung before, or with the next one with
        holes in it, and write what is missing. It is checked as every rung is, and searched for races, missing barriers
        and what lies past a tensor's end; then it runs against the rung itself.
      </p>
      <div class="buttons">
        <p role="status">
          {solved} of {puzzles.length} solved. This browser keeps what you do, and nothing else does.
        </p>
        <button
          type="button"
          onClick={() => {
            if (!confirm("Forget all progress, and the modules you have written here?")) return;
            forgetAll();
            redraw((count) => count + 1);
          }}
        >
          Forget my progress
        </button>
      </div>
      <div class="cards">
        {kernels.map((kernel) => (
          <section class="card" aria-labelledby={`puzzles-${kernel}`}>
            <h2 id={`puzzles-${kernel}`}>{kernel}</h2>
            <ol class="puzzles">
              {puzzles
                .filter((puzzle) => puzzle.kernel === kernel)
                .map((puzzle) => (
                  <li>
                    <a href={`#/puzzles/${puzzle.rung}`}>{puzzle.title}</a>
                    <br />
                    <small>
                      <Standing puzzle={puzzle} />
                    </small>
                  </li>
                ))}
            </ol>
          </section>
        ))}
      </div>
    </>
  );
}
