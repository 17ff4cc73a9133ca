import { benchLadder } from "../src/index.ts";
import { copyProbe, type CopyShape } from "../src/probes/copy.ts";
import { fmaProbe, fmaProbeResult, type FmaShape } from "../src/probes/fma.ts";

await benchLadder<FmaShape>({
  title: "fma-probe",
  kernel: fmaProbe,
  cases: { "short, mostly dispatch": { count: 4096, iterations: 8 }, long: { count: 16384, iterations: 512 } },
  inputs: () => ({}),
  reference: (shape) => ({ out: fmaProbeResult(shape) }),
  tolerance: () => ({}),
});

await benchLadder<CopyShape>({
  title: "copy-probe",
  kernel: copyProbe,
  cases: {
    "64 KiB, in cache": { count: 2 ** 14, run: 1 },
    "64 MiB, out of it": { count: 2 ** 24, run: 1 },
    "64 MiB, 128 vectors each": { count: 2 ** 24, run: 128 },
  },
  inputs: ({ count }, uniform) => ({ x: new Float32Array(count).map(uniform) }),
  reference: (_, { x }) => ({ out: new Float64Array(x) }),
  tolerance: () => ({}),
});
