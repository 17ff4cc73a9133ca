import { useState } from "preact/hooks";
import { parts, puzzles, type PlacedPuzzle } from "../../puzzles.ts";
import { threeDigits } from "../../ui/format.ts";
import { forgetAll, isSolved, progressOf } from "./progress.ts";

const hasSolved = (puzzle: PlacedPuzzle): boolean => isSolved(progressOf(puzzle.rung), puzzle);

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

/** How many of some puzzles are solved, as a bar and in words. */
function Solved({ of }: { readonly of: readonly PlacedPuzzle[] }) {
  const solved = of.filter(hasSolved).length;
  const words = `${solved} of ${of.length} solved`;
  return (
    <span class="solved">
      <progress max={of.length} value={solved} aria-label={words} /> {words}
    </span>
  );
}

/** A ladder's puzzles, numbered from the first of all. */
function Ladder({ kernel }: { readonly kernel: string }) {
  const own = puzzles.filter((puzzle) => puzzle.kernel === kernel);
  return (
    <section class="card" aria-labelledby={`puzzles-${kernel}`}>
      <h3 id={`puzzles-${kernel}`}>{kernel}</h3>
      <ol class="puzzles" start={puzzles.indexOf(own[0]!) + 1}>
        {own.map((puzzle) => (
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
  );
}

/** All puzzles, the easiest first, with how far the visitor is. */
export function PuzzleList() {
  const [, redraw] = useState(0);
  const next = puzzles.find((puzzle) => !hasSolved(puzzle));
  return (
    <>
      <h1>Puzzles</h1>
      <p class="lead">
        Each is the step from one rung of a ladder to the next: begin with the rung before, or with the next one with
        holes in it, and write what is missing. It is checked as every rung is, and searched for races, missing barriers
        and what lies past a tensor's end; then it runs against the rung itself. The first ones ask for no more than
        that you can read a program.
      </p>
      {next ? (
        <p>
          {next === puzzles[0] ? "Begin" : "Go on"} with <a href={`#/puzzles/${next.rung}`}>{next.title}</a>.
        </p>
      ) : (
        <p>You have solved all of them.</p>
      )}
      <div class="progress">
        <p role="status">
          <Solved of={puzzles} />
        </p>
        <p class="quiet">This browser keeps what you do, and nothing else does.</p>
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
      {parts.map(({ title, teaches, kernels }) => (
        <section class="part" aria-label={title}>
          <h2>{title}</h2>
          <p class="lead">
            {teaches} <Solved of={puzzles.filter(({ kernel }) => kernels.includes(kernel))} />
          </p>
          <div class="cards">
            {kernels.map((kernel) => (
              <Ladder kernel={kernel} />
            ))}
          </div>
        </section>
      ))}
    </>
  );
}
