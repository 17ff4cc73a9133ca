import { rungFile } from "@fledge/runtime";
import type { CaseResult, LadderResult } from "@fledge/bench/browser";
import { useState } from "preact/hooks";
import { ask } from "../engine/client.ts";
import { inTime, threeDigits } from "./format.ts";
import { keepAsFile, ladderResult, readLadder } from "./results-file.ts";
import { Problem } from "./problem.tsx";

interface Props {
  readonly ladder: string;
  readonly mode: "quick" | "full";
  readonly results: readonly CaseResult[];
}

const timesOf = (cases: readonly CaseResult[]): Map<string, number> =>
  new Map(
    cases.flatMap(({ name, rungs }) =>
      rungs.flatMap((run) => (run.outcome === "timed" ? [[`${name}\n${run.rung}`, run.timeUs.median] as const] : [])),
    ),
  );

/** The numbers as a file, and beside those of another file. */
export function Comparison({ ladder, mode, results }: Props) {
  const [other, setOther] = useState<LadderResult | null>(null);
  const [error, setError] = useState<unknown>();

  const keep = (): void => {
    ask((engine) => engine.adapter())
      .then((adapter) => keepAsFile(ladder, ladderResult(adapter, mode, results)))
      .catch(setError);
  };
  const open = (file: File | undefined): void => {
    if (!file) return;
    setError(undefined);
    readLadder(file, ladder).then(setOther, setError);
  };

  const theirs = other === null ? new Map<string, number>() : timesOf(other.cases);
  const both = [...timesOf(results)].filter(([key]) => theirs.has(key));
  return (
    <section aria-labelledby="keep">
      <h2 id="keep">Keep and compare</h2>
      <div class="buttons">
        <button type="button" disabled={results.length === 0} onClick={keep}>
          Keep as JSON
        </button>
        <label class="field">
          Compare with a file
          <input type="file" accept=".json" onChange={(event) => open(event.currentTarget.files?.[0])} />
        </label>
      </div>
      <p class="quiet">
        {results.length === 0
          ? "Nothing is timed yet."
          : `Timed so far, ${mode}: ${results.map(({ name }) => name).join("; ")}.`}
      </p>
      {error === undefined ? null : <Problem error={error} />}
      {other === null ? null : both.length === 0 ? (
        <p>
          The file is of {other.adapter.name}, and has no shape and rung in common with what is timed here: time one of{" "}
          {other.cases.map(({ name }) => name).join("; ")}.
        </p>
      ) : (
        <div class="scrolls" role="region" aria-label="Comparison" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">Rung</th>
                <th scope="col">Shape</th>
                <th scope="col">Here</th>
                <th scope="col">
                  {other.adapter.name}, {other.date}
                </th>
                <th scope="col">Here / there</th>
              </tr>
            </thead>
            <tbody>
              {both.map(([key, timeUs]) => {
                const [name, rung] = key.split("\n") as [string, string];
                return (
                  <tr>
                    <th scope="row">{rungFile(rung)}</th>
                    <td>{name}</td>
                    <td class="number">{inTime(timeUs)}</td>
                    <td class="number">{inTime(theirs.get(key)!)}</td>
                    <td class="number">{threeDigits(timeUs / theirs.get(key)!)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
