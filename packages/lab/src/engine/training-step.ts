import { compile, madeUpInputs, place, release, warmUp } from "@fledge/autograd";
import { resnetByDepth } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { optimiserOf, renderedImages, supervised, trainingStep } from "@fledge/training/browser";
import type { OpenedStep, StepSizes } from "./step-sizes.ts";

/** Most wall time for repeated steps, in milliseconds. */
const budgetMs = 1500;
/** Most steps whose whole time is taken, and most whose kernels' times are, which a browser's clock rounds. */
const [mostWhole, mostProfiled] = [9, 500] as const;

/** @throws RangeError naming the size that is none */
function checkSizes(sizes: StepSizes): void {
  const most = { width: 64, imageSize: 256, batch: 64, classes: 1000 } as const;
  const least = { width: 1, imageSize: 32, batch: 1, classes: 2 } as const;
  for (const name of ["width", "imageSize", "batch", "classes"] as const) {
    const size = sizes[name];
    if (!(Number.isInteger(size) && size >= least[name] && size <= most[name]))
      throw new RangeError(`${name}: give a whole number from ${least[name]} to ${most[name]}`);
  }
  if (!(sizes.depth in resnetByDepth))
    throw new RangeError(`depth: ${sizes.depth} is none of ${Object.keys(resnetByDepth).join(", ")}`);
}

/**
 * The mean of each kernel over several runs; undefined where the clock is too coarse to tell of any. A browser rounds
 * timestamps, Chrome to 0.1 ms: of a kernel that takes 5 us one run in twenty says 100 us and the others 0, so that the
 * median would be 0, and the mean over many runs comes near to what it takes.
 */
export function meanTimesUs(runs: readonly (readonly number[])[]): number[] | undefined {
  const means = runs[0]!.map((_, kernel) => runs.reduce((sum, times) => sum + times[kernel]!, 0) / runs.length);
  return means.some((timeUs) => timeUs > 0) ? means : undefined;
}

/**
 * Compiles one step of supervised training, as the preset `demo` trains, and times it: whole, and kernel by kernel where
 * the adapter has timestamps. Images and labels are made up; they change no time.
 */
export async function openStep(gpu: Gpu, sizes: StepSizes): Promise<OpenedStep> {
  checkSizes(sizes);
  const { depth, width, imageSize, batch, classes } = sizes;
  const network = resnetByDepth[depth]({ classes, width, zeroInitResidual: true });
  const optimiser = optimiserOf(network, { momentum: 0.9, weightDecay: 0 });
  const objective = supervised(renderedImages(imageSize), { labelSmoothing: 0 });
  const [specs, body] = trainingStep(network, objective, optimiser)(batch);
  place(gpu, network.variables);
  try {
    place(gpu, optimiser.variables);
    try {
      const startMs = performance.now();
      const program = await compile(gpu, specs, body);
      const compiledInMs = performance.now() - startMs;
      try {
        const inputs = { ...madeUpInputs(specs), learningRate: 0.1 };
        const repeated = async <T>(most: number, run: () => Promise<T>): Promise<T[]> => {
          await warmUp(gpu, run);
          const endMs = performance.now() + budgetMs;
          const results: T[] = [];
          while (results.length < most && (results.length === 0 || performance.now() < endMs))
            results.push(await run());
          return results;
        };
        const whole = await repeated(mostWhole, async () => {
          const beganMs = performance.now();
          await program.run(inputs);
          return (performance.now() - beganMs) * 1000;
        });
        const profiles = gpu.traits.features.has("timestamp-query")
          ? await repeated(mostProfiled, () => program.profile(inputs))
          : undefined;
        const plan = program.explain(profiles && meanTimesUs(profiles));
        return { adapter: gpu.adapter.name, sizes, plan, compiledInMs, stepUs: Math.min(...whole) };
      } finally {
        program.release();
      }
    } finally {
      release(gpu, optimiser.variables);
    }
  } finally {
    release(gpu, network.variables);
  }
}
