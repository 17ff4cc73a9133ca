import { rungFile } from "@fledge/runtime";
import type { CaseResult, LadderResult } from "@fledge/bench/browser";
import { useState } from "preact/hooks";
import { ask } from "../engine/client.ts";
import type { LadderName } from "../engine/engine.ts";
import { inTime, threeDigits } from "./format.ts";
import { keepAsFile, ladderResult, readLadder } from "./results-file.ts";
import { Problem } from "./problem.tsx";
import { useAnswer } from "./use-answer.ts";

// The figures that the repository keeps, so that a visitor has something to compare with.
const keptFiles = import.meta.glob<string>("../../../../kernels/*/results/*.json", {
  query: "?raw",
  import: "default",
});

/** A file of figures, by its name. */
interface Kept {
  readonly name: string;
  readonly text: string;
}

/** The kept files that have figures of a ladder. */
async function keptOf({ project, kernel }: LadderName): Promise<readonly Kept[]> {
  const files = Object.entries(keptFiles).filter(([path]) => path.includes(`/kernels/${project}/`));
  const all = await Promise.all(
    files.map(async ([path, load]) => ({ name: path.split("/").at(-1)!, text: await load() })),
  );
  return all.filter(({ text }) => kernel in (JSON.parse(text) as object));
}

interface Props {
  readonly ladder: LadderName;
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
  const { kernel } = ladder;
  const [other, setOther] = useState<LadderResult | null>(null);
  const [error, setError] = useState<unknown>();

  const keep = (): void => {
    ask((engine) => engine.adapter())
      .then((adapter) => keepAsFile(kernel, ladderResult(adapter, mode, results)))
      .catch(setError);
  };
  const open = (file: string, text: string): void => {
    setError(undefined);
    setOther(null);
    readLadder(file, text, kernel).then(setOther, setError);
  };
  const { value: kept = [] } = useAnswer(() => keptOf(ladder), [kernel]);

  const theirs = other === null ? new Map<string, number>() : timesOf(other.cases);
  const both = [...timesOf(results)].filter(([key]) => theirs.has(key));
  return (
    <section aria-labelledby="keep">
      <h2 id="keep">Keep and compare</h2>
      <div class="buttons">
        <button type="button" disabled={results.length === 0} onClick={keep}>
          Keep as JSON
        </button>
        {kept.length === 0 ? null : (
          <label class="field">
            Compare with figures that Fledge keeps
            <select
              onChange={({ currentTarget: { value } }) => {
                const file = kept.find(({ name }) => name === value);
                if (file) open(file.name, file.text);
              }}
            >
              <option value="">choose an adapter</option>
              {kept.map(({ name }) => (
                <option value={name}>{name.replace(".json", "")}</option>
              ))}
            </select>
          </label>
        )}
        <label class="field">
          Compare with a file
          <input
            type="file"
            accept=".json"
            onChange={(event) => {
              const file = event.currentTarget.files?.[0];
              file?.text().then((text) => open(file.name, text), setError);
            }}
          />
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
