import type { CaseResult } from "@fledge/bench/browser";
import { rungFile } from "@fledge/runtime";
import { useState } from "preact/hooks";
import { ask, nameOf } from "../../engine/client.ts";
import type { CaseView, LadderView, Verdict } from "../../engine/engine.ts";
import { puzzles, type PlacedPuzzle } from "../../puzzles.ts";
import { startOf } from "../../start-of.ts";
import { threeDigits } from "../../ui/format.ts";
import { Problem } from "../../ui/problem.tsx";
import { RateBars } from "../../ui/rate-bars.tsx";
import { Sliders } from "../../ui/sliders.tsx";
import { tryOnShapes, verdictsInWords } from "../../ui/try-shapes.ts";
import { useAnswer } from "../../ui/use-answer.ts";
import { useModule } from "../../ui/use-module.ts";
import { useRun } from "../../ui/use-run.ts";
import { VerdictTable } from "../../ui/verdict-table.tsx";
import { Host } from "./host.tsx";
import { advance, draftKey, isSolved, progressOf } from "./progress.ts";

/** The layer that a puzzle is timed on. @throws where the benchmark has none of that name */
function layerOf({ cases }: LadderView, { rung, layer }: PlacedPuzzle): CaseView {
  const found = cases.find(({ kind, name }) => kind === "layer" && name === layer);
  if (!found) throw new Error(`${rung}: its ladder's benchmark has no layer "${layer}"`);
  return found;
}

/** The rung's time over the module's, or null where one of them was not timed. */
function shareOf(result: CaseResult, rung: string): number | null {
  const timeUs = (wanted: (id: string) => boolean): number | null => {
    const run = result.rungs.find((one) => wanted(one.rung));
    return run?.outcome === "timed" ? run.timeUs.median : null;
  };
  const theirs = timeUs((id) => id === rung);
  const yours = timeUs((id) => rungFile(id) === "yours");
  return theirs === null || yours === null ? null : theirs / yours;
}

function Solve({ puzzle, ladder }: { readonly puzzle: PlacedPuzzle; readonly ladder: LadderView }) {
  const { rung, before, start: original } = startOf(puzzle, ladder.rungs);
  const layer = layerOf(ladder, puzzle);
  const [progress, setProgress] = useState(() => progressOf(puzzle.rung));
  const [verdicts, setVerdicts] = useState<readonly Verdict[]>([]);
  const [result, setResult] = useState<CaseResult | null>(null);
  /** The text that was last found right on all shapes. */
  const [right, setRight] = useState<string | null>(null);
  const { isRunning, what, error, start, stop } = useRun();
  const { place, editor, source } = useModule(draftKey(puzzle.rung), original, () => undefined);
  const edit = { base: rung.id, source };
  const step = (change: Parameters<typeof advance>[1]): void => setProgress(advance(puzzle.rung, change));

  const passes = async (tell: (what: string) => void): Promise<boolean> => {
    setResult(null);
    const found = await tryOnShapes({ ladder, edit, editor: editor.current!, tell, show: setVerdicts });
    const isRight =
      found.some(({ outcome }) => outcome === "sound") && found.every(({ outcome }) => outcome !== "failed");
    setRight(isRight ? source : null);
    if (isRight) step({ isRight });
    return isRight;
  };
  const check = (): void =>
    start(async (tell) => {
      await passes(tell);
    });
  const time = (): void =>
    start(async (tell) => {
      // What is not right is not timed: a wrong module may well be fast.
      if (right !== source && !(await passes(tell))) return;
      tell(`Timing yours against ${rungFile(rung.id)} on ${layer.name}`);
      const timed = await ask((engine) =>
        engine.timeEdit(nameOf(ladder), edit, { key: layer.key }, [before.id, rung.id]),
      );
      setResult(timed);
      const share = shareOf(timed, rung.id);
      if (share === null || share <= (progress.best?.share ?? 0)) return;
      const { name: adapter } = await ask((engine) => engine.adapter());
      step({ best: { share, adapter } });
    });

  const { hints, best } = progress;
  const latest = result === null ? null : shareOf(result, rung.id);
  return (
    <div class="edit">
      {rung.lacks === null ? null : <Problem error={new Error(`This puzzle cannot run here: ${rung.lacks}.`)} />}
      <section aria-labelledby="goal" class="prose">
        <h2 id="goal">Goal</h2>
        {puzzle.goal.map((paragraph) => (
          <p>{paragraph}</p>
        ))}
        <p>
          Reach {threeDigits(100 * puzzle.share)} % of {rungFile(rung.id)}'s rate on {layer.name}. Read before:{" "}
          <a href={`#/ladder/${ladder.kernel}/study/${rungFile(before.id)}`}>{rungFile(before.id)}</a>,{" "}
          {before.isFloor ? "which starts as many invocations and does nothing" : "the rung that this one starts from"},
          and <a href={`#/ladder/${ladder.kernel}/chapter`}>the chapter</a>.
        </p>
      </section>
      <Host ladder={ladder} rung={rung.id} layer={layer} />
      <section aria-labelledby="hints" class="prose">
        <h2 id="hints">Hints</h2>
        <ol aria-live="polite">
          {puzzle.hints.slice(0, hints).map((hint) => (
            <li>{hint}</li>
          ))}
        </ol>
        <div class="buttons">
          <button type="button" disabled={hints >= puzzle.hints.length} onClick={() => step({ hints: hints + 1 })}>
            Hint {Math.min(hints + 1, puzzle.hints.length)} of {puzzle.hints.length}
          </button>
          {hints < puzzle.hints.length ? null : (
            <a href={`#/ladder/${ladder.kernel}/study/${rungFile(rung.id)}`}>How the rung does it</a>
          )}
        </div>
      </section>
      <section aria-labelledby="yours">
        <h2 id="yours">Your module</h2>
        <div class="buttons">
          <button type="button" disabled={isRunning} onClick={check}>
            Check
          </button>
          <button type="button" disabled={isRunning} onClick={time}>
            Time against {rungFile(rung.id)}
          </button>
          <button type="button" disabled={!isRunning} onClick={stop}>
            Stop
          </button>
          <button type="button" disabled={source === original} onClick={() => editor.current!.replace(original)}>
            Begin again
          </button>
        </div>
        <p role="status" class="status">
          {what ?? verdictsInWords(verdicts)}
        </p>
        {error === undefined ? null : <Problem error={error} />}
        <p class="quiet">Tab indents; Escape and then Tab leaves the editor.</p>
        <Sliders
          source={source}
          hostConstants={rung.hostConstants}
          set={(changed) => editor.current!.replace(changed)}
        />
        <div ref={place} class="code" data-testid="editor" />
      </section>
      {best === null ? null : (
        <p data-testid="standing">
          {isSolved(progress, puzzle) ? <span class="mark sound">solved</span> : null} Your best reached{" "}
          {threeDigits(100 * best.share)} % of the rung's rate on {best.adapter}; {threeDigits(100 * puzzle.share)} % is
          asked.
          {latest === null ? null : ` The last one: ${threeDigits(100 * latest)} %.`}
        </p>
      )}
      {result === null ? null : <RateBars result={result} />}
      {verdicts.length > 0 ? (
        <section aria-labelledby="tested">
          <h2 id="tested">Tested</h2>
          <VerdictTable verdicts={verdicts} of="shapes" label="Tests" />
        </section>
      ) : null}
    </div>
  );
}

/** The ways to the puzzles before and after one. */
function Neighbours({ number }: { readonly number: number }) {
  const link = (words: string, puzzle: PlacedPuzzle | undefined) =>
    puzzle && (
      <span>
        {words}: <a href={`#/puzzles/${puzzle.rung}`}>{puzzle.title}</a>
      </span>
    );
  return (
    <nav class="neighbours" aria-label="Neighbouring puzzles">
      {link("Before", puzzles[number - 2])}
      {link("Next", puzzles[number])}
    </nav>
  );
}

/** One puzzle: its goal, hints, an editor, the checks and the race against the rung. */
export function PuzzlePage({ puzzle }: { readonly puzzle: PlacedPuzzle }) {
  const { project, kernel, title, rung } = puzzle;
  const number = puzzles.indexOf(puzzle) + 1;
  const { value: ladder, error } = useAnswer(() => ask((engine) => engine.ladder({ project, kernel })), [kernel]);
  return (
    <>
      <p class="quiet path">
        <a href="#/puzzles">Puzzles</a> / {number} of {puzzles.length}: {rung}
      </p>
      <h1>{title}</h1>
      {error !== undefined ? (
        <Problem error={error} />
      ) : ladder ? (
        <Solve puzzle={puzzle} ladder={ladder} />
      ) : (
        <p role="status">Loading the ladder...</p>
      )}
      <Neighbours number={number} />
    </>
  );
}
