import { rungFile } from "@fledge/runtime";
import { ratingOf, type CaseResult } from "@fledge/bench/browser";
import { inTime, rangeInTime, threeDigits } from "./format.ts";

/** A bar per rung, in percent of what the adapter's probe reached in the same rounds. */
export function RateBars({ result }: { readonly result: CaseResult }) {
  const { unit, probe, rateOf, ceilingOf } = ratingOf({ cases: [result] });
  const ceiling = ceilingOf(result);
  return (
    <div class="scrolls" role="region" aria-label="Times" tabIndex={0}>
      <table class="bars">
        <caption>
          <span>
            Median time with 10th to 90th percentile; the bar is the rate as a share of what this adapter's {probe}{" "}
            probe reached, {threeDigits(ceiling)} {unit}. †: the rung that Fledge runs here.
          </span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Rung</th>
            <th scope="col">Share of the {probe} probe</th>
            <th scope="col">Time</th>
            <th scope="col">10-90 %</th>
            <th scope="col">{unit}</th>
          </tr>
        </thead>
        <tbody>
          {result.rungs.map((run) => {
            const name = rungFile(run.rung);
            if (run.outcome !== "timed")
              return (
                <tr data-rung={run.rung} data-outcome={run.outcome}>
                  <th scope="row">{name}</th>
                  <td colSpan={4}>
                    <span class={`mark ${run.outcome}`}>{run.outcome === "failed" ? "wrong" : "cannot run"}</span>{" "}
                    {run.reason}
                  </td>
                </tr>
              );
            const share = (100 * rateOf(run)) / ceiling;
            const { median, p10, p90 } = run.timeUs;
            return (
              <tr data-rung={run.rung} data-outcome="timed" class={run.rung === result.selected ? "selected" : ""}>
                <th scope="row">
                  {name}
                  {run.rung === result.selected ? " †" : null}
                </th>
                <td class="bar">
                  {name === "00-noop" ? (
                    <span class="quiet">the dispatch floor: what an empty dispatch takes</span>
                  ) : (
                    <>
                      <span style={{ "--share": Math.min(share / 100, 1) }} /> {threeDigits(share)} %
                    </>
                  )}
                </td>
                <td class="number">{inTime(median)}</td>
                <td class="number">{rangeInTime(p10, p90)}</td>
                <td class="number">{name === "00-noop" ? "-" : threeDigits(rateOf(run))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
