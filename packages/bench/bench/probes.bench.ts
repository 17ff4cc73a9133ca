import { benchLadder } from "../src/index.ts";
import { copyProbe } from "../src/probes/copy.ts";
import { fmaProbe, fmaProbeResult, type FmaShape } from "../src/probes/fma.ts";

await benchLadder<FmaShape>({
  title: "FMA probe: what iterations cost, and what a dispatch does",
  kernel: fmaProbe,
  cases: { short: { count: 4096, iterations: 64 }, long: { count: 16384, iterations: 1024 } },
  inputs: () => ({}),
  reference: (shape) => ({ out: fmaProbeResult(shape) }),
  tolerance: () => ({}),
});

await benchLadder({
  title: "Copy probe: in cache and out of it",
  kernel: copyProbe,
  cases: { "64 KiB": { count: 2 ** 14 }, "16 MiB": { count: 2 ** 22 } },
  inputs: ({ count }, uniform) => ({ x: Float32Array.from({ length: count }, uniform) }),
  reference: (_, { x }) => ({ out: Float64Array.from(x!) }),
  tolerance: () => ({}),
});
