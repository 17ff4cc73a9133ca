import { compile, madeUpInputs, place, release, warmUp } from "@fledge/autograd";
import type { Choices, Gpu } from "@fledge/runtime";
import { actorsOf, sourceOf } from "../stages/programs.ts";
import type { Config } from "../config/schema.ts";
import type { PlannedProgram } from "./programs.ts";

/** A program's time on this adapter. */
export interface MeasuredProgram {
  readonly id: string;
  readonly flops: number;
  /** Of a run on inputs that are there: the median. */
  readonly seconds: number;
  /** How many runs it is the median of, after one that is not counted. */
  readonly runs: number;
  /** Of planning it and compiling its kernels. */
  readonly compileSeconds: number;
}

/** At most so many runs are timed, and after the first no more than fit the time. */
const [mostRuns, enoughSeconds] = [15, 2] as const;

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

/**
 * Compiles a program and times its runs, one always under way while the next is submitted, as in training. Weights are
 * those that networks begin with, inputs are made up: they decide no time.
 */
export async function measureProgram(
  gpu: Gpu,
  config: Config,
  { use, size, id, flops }: PlannedProgram,
  { classes, choices }: { readonly classes: number; readonly choices: Choices },
): Promise<MeasuredProgram> {
  const { network, optimiser, teacher } = actorsOf(use, config, classes);
  const placed = [network.variables, optimiser.variables, teacher.variables];
  for (const variables of placed) place(gpu, variables);
  try {
    const start = performance.now();
    const [specs, body] = sourceOf(use, config, { network, optimiser, teacher })(size);
    const program = await compile(gpu, specs, body, { choices, atOnce: use.batches.atOnce });
    const compileSeconds = secondsSince(start);
    try {
      const inputs = { ...madeUpInputs(specs), learningRate: config.training.learningRate };
      const coldSeconds = (await warmUp(gpu, () => program.run(inputs))) / 1000;
      const runs = Math.max(1, Math.min(mostRuns, Math.floor(enoughSeconds / coldSeconds)));
      const times: number[] = [];
      let [last, next] = [performance.now(), program.run(inputs)];
      while (times.length < runs) {
        const current = next;
        if (times.length + 1 < runs) next = program.run(inputs);
        await current;
        times.push(secondsSince(last));
        last = performance.now();
      }
      return { id, flops, seconds: median(times), runs, compileSeconds };
    } finally {
      program.release();
    }
  } finally {
    for (const variables of placed) release(gpu, variables);
  }
}
