import { rungFile } from "@fledge/runtime";
import { useEffect, useState } from "preact/hooks";
import { ask, nameOf } from "../../engine/client.ts";
import type { Edit } from "../../engine/edited.ts";
import type { CaseChoice, Verdict } from "../../engine/engine.ts";
import type { CaseResult } from "@fledge/bench/browser";
import { inTime, threeDigits } from "../../ui/format.ts";
import { keep, readKept } from "../../ui/kept.ts";
import { Problem } from "../../ui/problem.tsx";
import { RateBars } from "../../ui/rate-bars.tsx";
import { saveText } from "../../ui/save-text.ts";
import { firstCase, ShapePicker } from "../../ui/shape-picker.tsx";
import { skeletonOf } from "../../ui/skeleton.ts";
import { Sliders } from "../../ui/sliders.tsx";
import { tryOnShapes, verdictsInWords } from "../../ui/try-shapes.ts";
import { useModule } from "../../ui/use-module.ts";
import { useRun } from "../../ui/use-run.ts";
import { VerdictTable } from "../../ui/verdict-table.tsx";
import type { ViewProps } from "./views.ts";

const skeleton = "skeleton";

/** The visitor's fastest module on a shape and adapter, beside the ladder's fastest in the same rounds. */
interface Best {
  readonly timeUs: number;
  readonly ladderUs: number;
  readonly ladderRung: string;
  readonly edit: Edit;
}

function bestOf(result: CaseResult, edit: Edit): Best | null {
  const timed = result.rungs.flatMap((run) => (run.outcome === "timed" ? [run] : []));
  const yours = timed.find(({ rung }) => rungFile(rung) === "yours");
  const [fastest] = timed.filter((run) => run !== yours).sort((a, b) => a.timeUs.median - b.timeUs.median);
  if (!yours || !fastest) return null;
  return { timeUs: yours.timeUs.median, ladderUs: fastest.timeUs.median, ladderRung: rungFile(fastest.rung), edit };
}

/** Change a rung or write one, test it, time it: `#/ladder/relu/edit/02-vec4`, `.../edit/skeleton`. */
export default function EditView({ ladder, path: [wanted] }: ViewProps) {
  const { kernel, rungs, cases } = ladder;
  const plainest = rungs.find(({ isFloor }) => !isFloor)!;
  const begun = rungs.find(({ id }) => rungFile(id) === wanted) ?? plainest;
  const isSkeleton = wanted === skeleton;
  const original = isSkeleton ? skeletonOf(kernel, rungs) : begun.source;
  const draftKey = `draft/${kernel}/${isSkeleton ? skeleton : rungFile(begun.id)}`;

  const [verdicts, setVerdicts] = useState<readonly Verdict[]>([]);
  const [result, setResult] = useState<CaseResult | null>(null);
  const [choice, choose] = useState<CaseChoice>(() => firstCase(cases));
  const [found, setFound] = useState<{ readonly on: string; readonly best: Best | null } | null>(null);
  const { isRunning, what, error, start, stop } = useRun();
  /** Whether the last run was a race: what it says stands at its own button, a screen below. */
  const [timing, setTiming] = useState(false);
  const { place, editor, source } = useModule(draftKey, original, () => {
    setVerdicts([]);
    setResult(null);
  });

  const shape = `${kernel} ${JSON.stringify(choice)}`;
  // What was found on another shape is not this one's, for the moment until this one's is.
  const best = found?.on === shape ? found.best : null;
  const setBest = (now: Best | null): void => setFound({ on: shape, best: now });
  const bestKey = async (): Promise<string> => {
    const { name } = await ask((engine) => engine.adapter());
    return `best/${kernel}/${name}/${JSON.stringify(choice)}`;
  };
  useEffect(() => {
    bestKey().then(
      (key) => setBest(readKept<Best>(key)),
      () => setBest(null),
    );
  }, [shape]);

  const edit: Edit = { base: begun.id, source };

  const test = (): void => {
    setTiming(false);
    start(async (tell) => {
      await tryOnShapes({ ladder, edit, editor: editor.current!, tell, show: setVerdicts });
    });
  };

  const time = (): void => {
    setTiming(true);
    start(async (tell) => {
      tell("Timing yours in the same rounds as the ladder");
      const timed = await ask((engine) => engine.timeEdit(nameOf(ladder), edit, choice));
      setResult(timed);
      const now = bestOf(timed, edit);
      const key = await bestKey();
      const before = readKept<Best>(key);
      if (now && (before === null || now.timeUs / now.ladderUs < before.timeUs / before.ladderUs)) {
        keep(key, now);
        setBest(now);
      }
    });
  };

  return (
    <div class="edit">
      <div class="buttons">
        <label class="field">
          Begin with
          <select
            value={isSkeleton ? skeleton : rungFile(begun.id)}
            onChange={(event) => (location.hash = `#/ladder/${kernel}/edit/${event.currentTarget.value}`)}
          >
            <option value={skeleton}>the skeleton: bindings, and nothing done</option>
            {rungs
              .filter(({ isFloor }) => !isFloor)
              .map(({ id, idea }) => (
                <option value={rungFile(id)}>
                  {rungFile(id)}: {idea}
                </option>
              ))}
          </select>
        </label>
        <button type="button" disabled={isRunning} onClick={test}>
          Test on all shapes
        </button>
        <button type="button" disabled={!isRunning || timing} onClick={stop}>
          Stop
        </button>
        <button type="button" disabled={source === original} onClick={() => editor.current!.replace(original)}>
          Back to the file
        </button>
        <button type="button" onClick={() => saveText(`${kernel}-yours.wgsl`, source)}>
          Keep as a file
        </button>
      </div>
      <p role="status" class="status">
        {(timing ? null : what) ?? verdictsInWords(verdicts)}
      </p>
      {error === undefined || timing ? null : <Problem error={error} />}
      <p class="quiet">
        The number of workgroups, the parameters and scratch buffers are those of {rungFile(begun.id)}; they follow the
        constants. Tab indents; Escape and then Tab leaves the editor.
      </p>
      <Sliders
        source={source}
        hostConstants={begun.hostConstants}
        set={(changed) => editor.current!.replace(changed)}
      />
      <div ref={place} class="code" data-testid="editor" />
      {verdicts.length > 0 ? (
        <section aria-labelledby="tested">
          <h2 id="tested">Tested</h2>
          <VerdictTable verdicts={verdicts} of="shapes" label="Tests" />
        </section>
      ) : null}
      <section aria-labelledby="against">
        <h2 id="against">Against the ladder</h2>
        <ShapePicker cases={cases} choice={choice} choose={choose} />
        <div class="buttons">
          <button type="button" disabled={isRunning} onClick={time}>
            Time yours and the ladder
          </button>
          <button type="button" disabled={!isRunning || !timing} onClick={stop}>
            Stop
          </button>
        </div>
        <p role="status" class="status">
          {timing ? what : ""}
        </p>
        {error === undefined || !timing ? null : <Problem error={error} />}
        {best === null ? null : (
          <p>
            Your best on this shape: {inTime(best.timeUs)}, where the ladder's best, {best.ladderRung}, took{" "}
            {inTime(best.ladderUs)} in the same rounds: {threeDigits((100 * best.ladderUs) / best.timeUs)} % of its
            speed.{" "}
            <button type="button" class="link" onClick={() => editor.current!.replace(best.edit.source)}>
              Bring it back into the editor
            </button>
          </p>
        )}
        {result === null ? null : <RateBars result={result} />}
      </section>
    </div>
  );
}
