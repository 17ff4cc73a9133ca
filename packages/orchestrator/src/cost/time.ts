import type { MeasuredProgram } from "./measure.ts";
import type { PlannedProgram } from "./programs.ts";
import type { WorkCost } from "./run-cost.ts";

/** What has been measured, by the programs' ids. */
export type Measured = ReadonlyMap<string, MeasuredProgram>;

/** The programs to measure for pieces of work, each once: of every piece its full batches, or what it has. */
export function programsToMeasure(work: readonly WorkCost[]): PlannedProgram[] {
  const first = work.filter(({ flops }) => flops > 0).map(({ runs }) => runs[0]!.program);
  return [...new Map(first.map((program) => [program.id, program])).values()];
}

/** How long a program runs: as was measured, or as another of its kind does for as many operations. */
function secondsOfRun({ id, flops }: PlannedProgram, full: MeasuredProgram, measured: Measured): number {
  return measured.get(id)?.seconds ?? (full.seconds * flops) / full.flops;
}

/**
 * How long pieces of work take the device, their programs' compilation included; what the host does meanwhile, as
 * loading images, is not in it.
 * @throws RangeError where a program of theirs was not measured
 */
export function secondsIn(work: readonly WorkCost[], measured: Measured): number {
  const compiled = new Map<string, number>();
  let seconds = 0;
  for (const { runs, flops } of work) {
    if (flops === 0) continue;
    const full = measured.get(runs[0]!.program.id);
    if (!full) throw new RangeError(`secondsIn: no ${runs[0]!.program.use.kind} was measured`);
    for (const { program, count } of runs) {
      seconds += count * secondsOfRun(program, full, measured);
      compiled.set(program.id, measured.get(program.id)?.compileSeconds ?? full.compileSeconds);
    }
  }
  return [...compiled.values()].reduce((sum, one) => sum + one, seconds);
}
