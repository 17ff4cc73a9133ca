import { sharesByRung, type ExplainedPlan } from "@fledge/autograd/explained";
import { inTime, threeDigits } from "../format.ts";

/** Time by rung, the longest first, as explain prints it. */
export function Shares({ plan }: { readonly plan: ExplainedPlan }) {
  const { totalUs, rungs } = sharesByRung(plan);
  const most = rungs[0]?.[1] ?? 0;
  return (
    <div class="scrolls" role="region" aria-label="Time by rung" tabIndex={0}>
      <table class="bars">
        <thead>
          <tr>
            <th scope="col">Rung</th>
            <th scope="col">Share of {inTime(totalUs)}</th>
            <th scope="col">Time</th>
          </tr>
        </thead>
        <tbody>
          {rungs.map(([rung, timeUs]) => (
            <tr>
              <th scope="row">{rung}</th>
              <td class="bar">
                <span style={{ "--share": timeUs / most }} /> {threeDigits((100 * timeUs) / totalUs)} %
              </td>
              <td class="number">{inTime(timeUs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
