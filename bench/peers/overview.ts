// The page of all kept runs: each one's goals, and where its figures are.
import { renderTable, threeDigits } from "@fledge/bench";
import { evennessOf, goalResults } from "./goals.ts";
import { titleOf, type PeersResult } from "./results.ts";

function rowsOf(run: PeersResult): string[][] {
  const ofPeers = goalResults(run).map(({ case: name, peer, ratio, measured, reached }) => [
    `${name}: the time of ${titleOf(run, peer)} over Fledge's`,
    `${threeDigits(measured)}x`,
    `at least ${threeDigits(ratio)}x`,
    reached ? "reached" : "not reached",
  ]);
  const even = evennessOf(run);
  if (!even) return ofPeers;
  const { slowest, fastest, share, goal, reached } = even;
  return [
    ...ofPeers,
    [
      `slowest of these convolutions, ${slowest.name} (${threeDigits(slowest.gflops)} GFLOPS), over the fastest, ${fastest.name} (${threeDigits(fastest.gflops)})`,
      `${(100 * share).toFixed(0)} %`,
      `at least ${100 * goal} %`,
      reached ? "reached" : "not reached",
    ],
  ];
}

/** @param runs by the name of their files, without its ending */
export function renderOverview(runs: readonly (readonly [name: string, run: PeersResult])[]): string {
  const sections = runs.map(([name, run]) => {
    const { adapter, date, environment } = run;
    const rows = rowsOf(run);
    return [
      `## ${adapter.driver}`,
      `Measured on ${date.slice(0, 10)} on ${adapter.name}, ${environment.cores} cores of ${environment.cpu}: [all figures](${name}.md).`,
      ...(rows.length > 0 ? [renderTable(["", "measured", "goal", ""], rows)] : []),
    ].join("\n\n");
  });
  return `${[
    "# Fledge beside its peers",
    "A run of `npm run peers` for each adapter and driver; a ratio above 1x says that Fledge is faster. The goals are set for Mesa's lavapipe on two CPU cores. How it is measured: [peers/README.md](../peers/README.md).",
    ...sections,
  ].join("\n\n")}\n`;
}
