import { benchLadder } from "../src/index.ts";
import { copyProbe } from "../src/probes/copy.ts";
import { fmaProbe, fmaProbeResult, type FmaShape } from "../src/probes/fma.ts";

await benchLadder<FmaShape>({
  title: "fma-probe",
  kernel: fmaProbe,
  cases: { "short, mostly dispatch": { count: 4096, iterations: 8 }, long: { count: 16384, iterations: 512 } },
  inputs: () => ({}),
  reference: (shape) => ({ out: fmaProbeResult(shape) }),
  tolerance: () => ({}),
});

await benchLadder({
  title: "copy-probe",
  kernel: copyProbe,
  cases: { "64 KiB, in cache": { count: 2 ** 14 }, "64 MiB, out of it": { count: 2 ** 24 } },
  inputs: ({ count }, uniform) => ({ x: new Float32Array(count).map(uniform) }),
  reference: (_, { x }) => ({ out: new Float64Array(x) }),
  tolerance: () => ({}),
});
