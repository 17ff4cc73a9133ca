import { spreadOf } from "@fledge/kernel-lab";
import { benchFunctions, type FunctionBench } from "./functions.ts";

/** A compiled program. */
export interface BenchedProgram {
  /** Writes the inputs, encodes and submits before it returns its promise, which brings the results. */
  readonly run: () => Promise<unknown>;
  /** Of one run. */
  readonly plan: {
    readonly dispatches: number;
    readonly flops: number;
    readonly arenaBytes: number;
    readonly peakLiveBytes: number;
  };
}

/**
 * Times a run of each program until its results are there, as `benchFunctions` does, and prints how long it keeps the
 * host, what it is made of, and its rate.
 */
export async function benchPrograms({
  programs,
  ...bench
}: Omit<FunctionBench, "tasks"> & { readonly programs: Readonly<Record<string, BenchedProgram>> }): Promise<void> {
  const timed = Object.entries(programs).map(([name, { run, plan }]) => {
    const hostMs: number[] = [];
    const task = async (): Promise<void> => {
      const startMs = performance.now();
      const pending = run();
      hostMs.push(performance.now() - startMs);
      await pending;
    };
    return { name, plan, hostMs, task };
  });
  const tasks = Object.fromEntries(timed.map(({ name, task }) => [name, task]));
  const timesUs = await benchFunctions({ ...bench, tasks });
  for (const { name, plan, hostMs } of timed) {
    const rateGflops = plan.flops / timesUs[name]!.median / 1e3;
    const [arena, live] = [plan.arenaBytes, plan.peakLiveBytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
    console.log(
      `\n${name}: ${plan.dispatches} dispatches, ${(plan.flops / 1e9).toFixed(2)} GFLOP, ${rateGflops.toFixed(1)} GFLOPS; ` +
        `the host is busy for ${spreadOf(hostMs).median.toFixed(1)} ms; arena ${arena} MiB, ${live} MiB alive at once`,
    );
  }
}
