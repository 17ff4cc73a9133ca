import { spreadOf, type Spread } from "@fledge/kernel-lab";
import { Bench } from "tinybench";

/** Time of one call in microseconds, measured by tinybench; a promise is awaited. @throws what `run` throws */
export async function timeFunction(
  name: string,
  run: () => unknown,
  options: { readonly timeMs: number; readonly minRuns: number; readonly warmup: boolean },
): Promise<Spread> {
  const bench = new Bench({
    time: options.timeMs,
    iterations: options.minRuns,
    warmup: options.warmup,
    warmupTime: options.timeMs / 4,
    warmupIterations: 1,
    retainSamples: true,
    throws: true,
  });
  bench.add(name, run);
  const [task] = await bench.run();
  const result = task!.result;
  if (!("latency" in result)) throw new Error(`${name}: tinybench ended as "${result.state}", without a measurement`);
  return spreadOf([...result.latency.samples!].map((latencyMs) => latencyMs * 1000));
}
