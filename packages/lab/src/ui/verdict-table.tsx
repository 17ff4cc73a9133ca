import { rungFile } from "@fledge/runtime";
import type { Verdict } from "../engine/engine.ts";
import { threeDigits } from "./format.ts";

const outcomes = { sound: "right", failed: "wrong", unsupported: "cannot run" } as const;

interface Props {
  readonly verdicts: readonly Verdict[];
  /** What the rows are: rungs on one shape, or shapes of one rung. */
  readonly of: "rungs" | "shapes";
  readonly label: string;
}

/** What came of checks, a row for each. */
export function VerdictTable({ verdicts, of, label }: Props) {
  const named = ({ rung, case: shape }: Verdict): string => (of === "rungs" ? rungFile(rung) : shape);
  return (
    <div class="scrolls" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{of === "rungs" ? "Rung" : "Shape"}</th>
            <th scope="col">Against the reference</th>
            <th scope="col" class="narrow">
              Worst error / its bound
            </th>
          </tr>
        </thead>
        <tbody>
          {verdicts.map((verdict) => {
            const { rung, outcome, reason, hazards, worstError, worstAt } = verdict;
            return (
              <tr data-rung={rung} data-case={verdict.case} data-outcome={outcome}>
                <th scope="row" class={of === "shapes" ? "sentence" : undefined}>
                  {named(verdict)}
                </th>
                <td class="says">
                  <span class={`mark ${outcome}`}>{outcomes[outcome]}</span>{" "}
                  {hazards.length > 0 ? hazards.map((hazard) => <span class="hazard">{hazard}</span>) : reason}
                  {outcome === "sound" && worstAt !== null ? (
                    <span class="quiet">
                      worst at {worstAt.tensor}[{worstAt.index}]
                    </span>
                  ) : null}
                </td>
                <td class="number">{worstError === null || worstError === Infinity ? "-" : threeDigits(worstError)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
