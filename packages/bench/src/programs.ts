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

/** How long a run keeps the host; what the device then does is waited for, and not counted. */
async function timeHost(run: () => Promise<unknown>): Promise<{ overriddenDuration: number }> {
  const startMs = performance.now();
  const pending = run();
  const overriddenDuration = performance.now() - startMs;
  await pending;
  return { overriddenDuration };
}

/**
 * Times a run of each program until its results are there, and how long it keeps the host, as `benchFunctions` does,
 * and prints what each is made of and its rate.
 */
export async function benchPrograms({
  programs,
  ...bench
}: Omit<FunctionBench, "tasks"> & { readonly programs: Readonly<Record<string, BenchedProgram>> }): Promise<void> {
  const tasks = Object.entries(programs).flatMap(([name, { run }]) => [
    [name, run] as const,
    [`${name}, host`, () => timeHost(run)] as const,
  ]);
  const timesUs = await benchFunctions({ ...bench, tasks: Object.fromEntries(tasks) });
  for (const [name, { plan }] of Object.entries(programs)) {
    const [arena, live] = [plan.arenaBytes, plan.peakLiveBytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
    console.log(
      `\n${name}: ${plan.dispatches} dispatches, ${(plan.flops / 1e9).toFixed(2)} GFLOP, ` +
        `${(plan.flops / timesUs[name]!.median / 1e3).toFixed(1)} GFLOPS; arena ${arena} MiB, ${live} MiB alive at once`,
    );
  }
}
