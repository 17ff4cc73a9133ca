import { rungFile } from "@fledge/runtime";
import type { CaseResult } from "@fledge/bench/browser";
import { useState } from "preact/hooks";
import { ask, nameOf } from "../../engine/client.ts";
import type { CaseChoice, Verdict } from "../../engine/engine.ts";
import { Comparison } from "../../ui/comparison.tsx";
import { inTime, threeDigits } from "../../ui/format.ts";
import { Problem } from "../../ui/problem.tsx";
import { RateBars } from "../../ui/rate-bars.tsx";
import { Roofline } from "../../ui/roofline.tsx";
import { firstCase, ShapePicker } from "../../ui/shape-picker.tsx";
import { useAnswer } from "../../ui/use-answer.ts";
import { useRun } from "../../ui/use-run.ts";
import { VerdictTable } from "../../ui/verdict-table.tsx";
import type { ViewProps } from "./views.ts";

/** What the shape comes to, before anything runs; the kernel's own words where it refuses it. */
function ShapeFacts({ ladder, choice }: { readonly ladder: ViewProps["ladder"]; readonly choice: CaseChoice }) {
  const { value, error } = useAnswer(
    () => ask((engine) => engine.describeShape(nameOf(ladder), choice)),
    [ladder.kernel, JSON.stringify(choice)],
  );
  if (error !== undefined) return <Problem error={error} />;
  if (!value) return <p class="quiet">...</p>;
  const { flops, leastBytes, selected } = value;
  return (
    <p class="quiet">
      {threeDigits(flops / 1e6)} MFLOP, at least {threeDigits(leastBytes / 1e6)} MB moved, so at most{" "}
      {threeDigits(flops / leastBytes)} FLOP/B. Fledge would run {rungFile(selected)} here.
    </p>
  );
}

const countOf = (count: number): string => `${count} ${count === 1 ? "rung" : "rungs"}`;

/** What came of checking every rung on a shape, in a sentence. */
function checkedInWords(verdicts: readonly Verdict[]): string {
  const count = (wanted: Verdict["outcome"]): number => verdicts.filter(({ outcome }) => outcome === wanted).length;
  const parts = [`${countOf(count("sound"))} right`];
  if (count("failed") > 0) parts.push(`${count("failed")} wrong`);
  if (count("unsupported") > 0) parts.push(`${count("unsupported")} cannot run here`);
  return `${parts.join(", ")}.`;
}

/** Which of the timed rungs is fastest, in a sentence. */
function timedInWords({ name, rungs }: CaseResult): string {
  const timed = rungs.flatMap((run) =>
    run.outcome === "timed" && rungFile(run.rung) !== "00-noop" ? [{ rung: run.rung, timeUs: run.timeUs.median }] : [],
  );
  const [fastest] = timed.sort((a, b) => a.timeUs - b.timeUs);
  if (!fastest) return `No rung could be timed on ${name}.`;
  return `${countOf(timed.length)} timed on ${name}; the fastest, ${rungFile(fastest.rung)}, takes ${inTime(fastest.timeUs)}.`;
}

/** Check and time a ladder's rungs on a shape, with the numbers as bars, as a roofline and as a file. */
export default function Measure({ ladder }: ViewProps) {
  const [choice, choose] = useState<CaseChoice>(() => firstCase(ladder.cases));
  const [verdicts, setVerdicts] = useState<readonly Verdict[]>([]);
  const [results, setResults] = useState<Readonly<Record<string, CaseResult>>>({});
  const [latest, setLatest] = useState<CaseResult | null>(null);
  const [mode, setMode] = useState<"quick" | "full">("quick");
  /** What came of the last run. */
  const [said, say] = useState("");
  const { isRunning, what, error, start, stop } = useRun();

  const check = (): void =>
    start(async (tell) => {
      const found: Verdict[] = [];
      setVerdicts([]);
      say("");
      for (const [index, { id }] of ladder.rungs.entries()) {
        tell(`Checking ${rungFile(id)}, ${index + 1} of ${ladder.rungs.length}`);
        found.push(await ask((engine) => engine.check(nameOf(ladder), id, choice)));
        setVerdicts([...found]);
      }
      say(checkedInWords(found));
    });

  const time = (choices: readonly CaseChoice[], wanted: "quick" | "full"): void =>
    start(async (tell) => {
      setMode(wanted);
      say("");
      if (wanted !== mode) setResults({}); // A file holds numbers of one mode.
      for (const [index, one] of choices.entries()) {
        const { name } = ladder.cases.find(({ key }) => key === one.key)!;
        tell(`Timing ${name}, ${index + 1} of ${choices.length}`);
        const result = await ask((engine) => engine.time(nameOf(ladder), one, wanted));
        setLatest(result);
        setResults((before) => ({ ...before, [result.name]: result }));
        say(timedInWords(result));
      }
    });
  const layers = ladder.cases.filter(({ kind }) => kind === "layer").map(({ key }) => ({ key }));

  return (
    <>
      <ShapePicker cases={ladder.cases} choice={choice} choose={choose} />
      <ShapeFacts ladder={ladder} choice={choice} />
      <div class="buttons" role="group" aria-label="Run">
        <button type="button" disabled={isRunning} onClick={check}>
          Check every rung
        </button>
        <button type="button" disabled={isRunning} onClick={() => time([choice], "quick")}>
          Time, a few seconds
        </button>
        <button type="button" disabled={isRunning} onClick={() => time([choice], "full")}>
          Time, a minute
        </button>
        <button type="button" disabled={isRunning} onClick={() => time(layers, "full")}>
          Time all {layers.length} layers, a minute each
        </button>
        <button type="button" disabled={!isRunning} onClick={stop}>
          Stop
        </button>
      </div>
      <p role="status" class="status">
        {what ?? said}
      </p>
      {error === undefined ? null : <Problem error={error} />}
      {verdicts.length > 0 ? (
        <section aria-labelledby="checks">
          <h2 id="checks">Checked</h2>
          <VerdictTable verdicts={verdicts} of="rungs" label="Checks" />
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
      <Comparison ladder={ladder} mode={mode} results={Object.values(results)} />
    </>
  );
}
