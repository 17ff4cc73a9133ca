import { bytesPerElement } from "@fledge/safetensors";
import { elementCount } from "@fledge/runtime";
import { batchesOfPass, lookersAt } from "@fledge/training";
import type { Variable } from "@fledge/autograd";
import { averageOf } from "../stages/optimiser.ts";
import { actorsOf, epochsOf } from "../stages/programs.ts";
import type { ModelName } from "../run/records.ts";
import type { Config } from "../config/schema.ts";
import type { Work } from "./work.ts";

/** Bytes of the file's beginning, its checksum and what else it says of itself. */
const ofFile = 512;

/** Bytes of a line of the log about a step and about an epoch, as JSON; every tenth step has one. */
const [ofStep, ofEpoch, stepsPerLine] = [95, 420, 10] as const;

/** Bytes of all records about an image (inputs.json, the manifests, pseudo-labels.csv), and of the report and the rest. */
const [ofImage, ofReport] = [440, 280_000] as const;

/** Bytes of variables in a safetensors file, their entries in its header included. */
const storedBytes = (variables: readonly Variable[]): number =>
  variables.reduce((sum, { name, shape, dtype }) => {
    const entry = JSON.stringify({ [name]: { dtype: "F32", shape, data_offsets: [1e8, 1e8] } }).length;
    // PyTorch's num_batches_tracked, which each running mean brings.
    const tracked = name.endsWith("running_mean") ? entry + 8 : 0;
    return sum + entry + elementCount({ shape, dtype }) * bytesPerElement.F32 + tracked;
  }, 0);

/** How many bytes a model leaves in its folder: two checkpoints with their log, the log, the best weights. */
function modelBytes(config: Config, model: ModelName, classes: number, training: readonly Work[]): number {
  const { network, optimiser } = actorsOf(training[0]!.use, config, classes);
  const weights = ofFile + storedBytes(network.variables);
  const state = storedBytes(optimiser.variables);
  const logged = training.reduce((sum, { use, images, passes }) => {
    const steps = batchesOfPass(images, use.batches.size).reduce((all, { count }) => all + count, 0);
    return sum + passes * (ofEpoch + Math.ceil(steps / stepsPerLine) * ofStep);
  }, 0);
  const checkpoints = Math.min(2, epochsOf(config, model));
  const best = lookersAt(averageOf(config)).length;
  return checkpoints * (weights + state + logged) + logged + best * weights;
}

/**
 * About how many bytes the folder of a run holds in the end.
 * @param work all of it, nothing done yet
 * @param images labelled and unlabelled ones together
 */
export function diskBytes(config: Config, classes: number, work: readonly Work[], images: number): number {
  const training = work.filter(({ part }) => part === "training");
  const models = [...new Set(training.map(({ model }) => model))];
  const ofModels = models.map((name) =>
    modelBytes(
      config,
      name,
      classes,
      training.filter(({ model }) => model === name),
    ),
  );
  return ofReport + images * ofImage + ofModels.reduce((sum, bytes) => sum + bytes, 0);
}
