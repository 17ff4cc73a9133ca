import type { CaseResult } from "@fledge/bench/browser";
import { useState } from "preact/hooks";
import { ask, stopEngine, StoppedError } from "../../engine/client.ts";
import type { CaseChoice, Verdict } from "../../engine/engine.ts";
import { Comparison } from "../../ui/comparison.tsx";
import { fileOfId, inTime, threeDigits } from "../../ui/format.ts";
import { Problem } from "../../ui/problem.tsx";
import { RateBars } from "../../ui/rate-bars.tsx";
import { Roofline } from "../../ui/roofline.tsx";
import { firstCase, ShapePicker } from "../../ui/shape-picker.tsx";
import { useAnswer } from "../../ui/use-answer.ts";
import type { ViewProps } from "./views.ts";

type Task = "check" | "quick" | "full" | "all layers";

const outcomes = { sound: "right", failed: "wrong", unsupported: "cannot run" } as const;

function Verdicts({ verdicts }: { readonly verdicts: readonly Verdict[] }) {
  return (
    <div class="scrolls" role="region" aria-label="Checks" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Rung</th>
            <th scope="col">Against the reference</th>
            <th scope="col">Worst error / its bound</th>
            <th scope="col">Where</th>
          </tr>
        </thead>
        <tbody>
          {verdicts.map(({ rung, outcome, reason, worstError, worstAt }) => (
            <tr data-rung={rung} data-outcome={outcome}>
              <th scope="row">{fileOfId(rung)}</th>
              <td>
                <span class={`mark ${outcome}`}>{outcomes[outcome]}</span> {reason}
              </td>
              <td class="number">{worstError === null || worstError === Infinity ? "-" : threeDigits(worstError)}</td>
              <td>{worstAt === null ? "-" : `${worstAt.tensor}[${worstAt.index}]`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the shape comes to, before anything runs; the kernel's own words where it refuses it. */
function ShapeFacts({ ladder, choice }: { readonly ladder: ViewProps["ladder"]; readonly choice: CaseChoice }) {
  const { value, error } = useAnswer(
    () => ask((engine) => engine.describeShape(ladder, choice)),
    [ladder.kernel, JSON.stringify(choice)],
  );
  if (error !== undefined) return <Problem error={error} />;
  if (!value) return <p class="quiet">...</p>;
  const { flops, leastBytes, selected } = value;
  return (
    <p class="quiet">
      {threeDigits(flops / 1e6)} MFLOP, at least {threeDigits(leastBytes / 1e6)} MB moved, so at most{" "}
      {threeDigits(flops / leastBytes)} FLOP/B. Fledge would run {fileOfId(selected)} here.
    </p>
  );
}

/** Check and time a ladder's rungs on a shape, with the numbers as bars, as a roofline and as a file. */
export default function Measure({ ladder }: ViewProps) {
  const [choice, choose] = useState<CaseChoice>(() => firstCase(ladder.cases));
  const [running, setRunning] = useState<{ readonly task: Task; readonly what: string } | null>(null);
  const [verdicts, setVerdicts] = useState<readonly Verdict[]>([]);
  const [results, setResults] = useState<Readonly<Record<string, CaseResult>>>({});
  const [latest, setLatest] = useState<CaseResult | null>(null);
  const [mode, setMode] = useState<"quick" | "full">("quick");
  const [error, setError] = useState<unknown>();

  const keep = (result: CaseResult): void => {
    setLatest(result);
    setResults((before) => ({ ...before, [result.name]: result }));
  };

  async function check(): Promise<void> {
    const found: Verdict[] = [];
    setVerdicts([]);
    for (const [index, { id }] of ladder.rungs.entries()) {
      setRunning({ task: "check", what: `${fileOfId(id)}, ${index + 1} of ${ladder.rungs.length}` });
      found.push(await ask((engine) => engine.check(ladder, id, choice)));
      setVerdicts([...found]);
    }
  }

  async function time(task: "quick" | "full" | "all layers"): Promise<void> {
    const layers = ladder.cases.filter(({ kind }) => kind === "layer");
    const choices = task === "all layers" ? layers.map(({ key }) => ({ key })) : [choice];
    const wanted = task === "quick" ? "quick" : "full";
    setMode(wanted);
    if (wanted !== mode) setResults({}); // A file holds numbers of one mode.
    for (const [index, one] of choices.entries()) {
      const { name } = ladder.cases.find(({ key }) => key === one.key)!;
      setRunning({ task, what: `${name}, ${index + 1} of ${choices.length}` });
      keep(await ask((engine) => engine.time(ladder, one, wanted)));
    }
  }

  const start = (task: Task) => (): void => {
    setError(undefined);
    setRunning({ task, what: "starting" });
    (task === "check" ? check() : time(task))
      .catch((reason: unknown) => reason instanceof StoppedError || setError(reason))
      .finally(() => setRunning(null));
  };

  return (
    <>
      <ShapePicker cases={ladder.cases} choice={choice} choose={choose} />
      <ShapeFacts ladder={ladder} choice={choice} />
      <div class="buttons" role="group" aria-label="Run">
        <button type="button" disabled={running !== null} onClick={start("check")}>
          Check every rung
        </button>
        <button type="button" disabled={running !== null} onClick={start("quick")}>
          Time, a few seconds
        </button>
        <button type="button" disabled={running !== null} onClick={start("full")}>
          Time, a minute
        </button>
        <button type="button" disabled={running !== null} onClick={start("all layers")}>
          Time all layers, a minute each
        </button>
        <button type="button" disabled={running === null} onClick={stopEngine}>
          Stop
        </button>
      </div>
      <p role="status" class="status">
        {running === null ? "" : `${running.task === "check" ? "Checking" : "Timing"}: ${running.what}`}
      </p>
      {error === undefined ? null : <Problem error={error} />}
      {verdicts.length > 0 ? (
        <section aria-labelledby="checks">
          <h2 id="checks">Checked</h2>
          <Verdicts verdicts={verdicts} />
        </section>
      ) : null}
      {latest === null ? null : (
        <section aria-labelledby="times">
          <h2 id="times">Timed: {latest.name}</h2>
          <RateBars result={latest} />
          <Roofline result={latest} />
          <p class="quiet">
            The reference in this browser, plain loops in float64, takes {inTime(latest.referenceUs.median)}.
          </p>
        </section>
      )}
      <Comparison ladder={ladder.kernel} mode={mode} results={Object.values(results)} />
    </>
  );
}
