import { compile, madeUpInputs, place, release } from "@fledge/autograd";
import { resnetByDepth } from "@fledge/resnet";
import type { Gpu } from "@fledge/runtime";
import { optimiserOf, renderedImages, supervised, trainingStep } from "@fledge/training/browser";
import type { OpenedStep, StepSizes } from "./step-sizes.ts";

/** Most wall time for repeated steps, in milliseconds. */
const budgetMs = 1500;

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

/** The middle one by size. */
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

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
        const repeated = async <T>(run: () => Promise<T>): Promise<T[]> => {
          await run(); // Nothing is cold in the second run.
          const endMs = performance.now() + budgetMs;
          const results: T[] = [];
          while (results.length < 9 && (results.length === 0 || performance.now() < endMs)) results.push(await run());
          return results;
        };
        const whole = await repeated(async () => {
          const beganMs = performance.now();
          await program.run(inputs);
          return (performance.now() - beganMs) * 1000;
        });
        const profiles = gpu.traits.features.has("timestamp-query")
          ? await repeated(() => program.profile(inputs))
          : undefined;
        const timesUs = profiles?.[0]!.map((_, kernel) => median(profiles.map((times) => times[kernel]!)));
        const plan = program.explain(timesUs);
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
