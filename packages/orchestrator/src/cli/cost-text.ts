import type { Amount, CostSummary } from "../cost/summary.ts";
import { bytesText, flopText, stepText } from "./amounts.ts";
import { duration } from "./duration.ts";
import { textTable } from "./text-table.ts";

/** `12`, or `3 left of 12`. */
export const leftOf = ({ whole, left }: Amount, text: (amount: number) => string = String): string =>
  left === whole ? text(whole) : `${text(left)} left of ${text(whole)}`;

function ofSteps({ rows }: CostSummary): string {
  const each = rows.filter(({ part }) => part === "training").map(({ flopsOfBatch }) => flopsOfBatch);
  const [least, most] = [flopText(Math.min(...each)), flopText(Math.max(...each))];
  return least === most ? `of ${least}` : `of ${least} to ${most}`;
}

/** What a run costs, in a line: before anything of it is measured. */
export function costLine(summary: CostSummary): string {
  const { steps, flops, memoryBytes, diskBytes } = summary;
  const trained = steps.whole === 0 ? "no step" : `${leftOf(steps)} steps ${ofSteps(summary)}`;
  return (
    `cost: ${trained}, ${leftOf(flops, flopText)} in all; ${bytesText(memoryBytes)} on the device at the most, ` +
    `about ${bytesText(diskBytes)} on disk in the end`
  );
}

/** What a run costs, as a table with its sums below it. */
export function costTable(summary: CostSummary): string {
  const { rows, steps, flops, memoryBytes, memoryOfVariablesBytes, memoryOfProgramsBytes, diskBytes } = summary;
  const measured = summary.secondsLeft !== null;
  const header = [
    "model",
    "part",
    "program",
    "batch",
    "batches",
    "each",
    "in all",
    ...(measured ? ["time of each", "measured"] : []),
  ];
  const cells = rows.map((row) => [
    row.model,
    row.part,
    row.program,
    String(row.batch),
    leftOf(row.batches),
    flopText(row.flopsOfBatch),
    leftOf(row.flops, flopText),
    ...(row.secondsOfBatch === null || row.measuredRuns === null
      ? []
      : [stepText(row.secondsOfBatch), `${row.measuredRuns} ${row.measuredRuns === 1 ? "run" : "runs"}`]),
  ]);
  const { secondsLeft, loadingSeconds } = summary;
  return [
    ...textTable([header, ...cells]),
    "",
    `steps   ${leftOf(steps)}`,
    `FLOP    ${leftOf(flops, flopText)}`,
    `memory  ${bytesText(memoryBytes)} on the device at the most: ${bytesText(memoryOfVariablesBytes)} of weights and optimiser, ` +
      `${bytesText(memoryOfProgramsBytes)} of programs (arenas, gradients, scratch)`,
    `disk    about ${bytesText(diskBytes)} in the end`,
    ...(secondsLeft === null || loadingSeconds === null
      ? []
      : [
          `loading ${stepText(loadingSeconds.first)} an image, from the cache ${stepText(loadingSeconds.again)} (measured on ${loadingSeconds.images} images)`,
          `time    about ${duration(secondsLeft)}${steps.left < steps.whole ? " left" : ""}, the report and looking for broken images not counted`,
        ]),
    ...summary.notes.map((note) => `note    ${note}`),
  ].join("\n");
}
