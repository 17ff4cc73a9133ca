import type { Config } from "../config/schema.ts";
import { modelsOf } from "../methods/models-of.ts";
import { generationOf, noisyStudentOf, type ModelName } from "../run/records.ts";

/** The size of a model's network, and what it starts from. */
export interface NetworkChoice extends Pick<Config["network"], "depth" | "width" | "weights"> {
  /** Whose item of `generations.networks` it is; null: it is `network`. */
  readonly generation: number | null;
}

/** Of a model: as `network` says, or its generation's own. The student is of the first generation. */
export function networkChoice({ network, generations }: Config, name: ModelName): NetworkChoice {
  const generation = name === "student" ? 1 : generationOf(name);
  const own = generation === undefined ? undefined : generations.networks[generation - 1];
  if (!own) return { depth: network.depth, width: network.width, weights: network.weights, generation: null };
  return { depth: own.depth, width: own.width, weights: own.weights ?? null, generation: generation! };
}

/** The model that labels for a student: the noisy student of the generation before, or the teacher. */
export function labellerOf(config: Config, student: ModelName): ModelName {
  const generation = generationOf(student) ?? 1;
  if (generation > 1) return noisyStudentOf(generation - 1);
  return config.pseudoLabels.from === "own-split" ? "labelling-teacher" : "teacher";
}

/** What tells a network's programs from another's. */
export const sizeOf = ({ depth, width }: NetworkChoice): string => `ResNet-${depth} of width ${width}`;

/** The first of each size. */
export const ofDistinctSize = (choices: readonly NetworkChoice[]): NetworkChoice[] =>
  choices.filter((one, index) => choices.findIndex((other) => sizeOf(other) === sizeOf(one)) === index);

/** Files of weights that a run's models start from, each with the network and the setting that names it. */
export function initialWeights(
  config: Config,
): { readonly choice: NetworkChoice; readonly key: string; readonly file: string }[] {
  const choices = modelsOf(config).map((name) => networkChoice(config, name));
  const own = choices.filter(
    (one, index) => choices.findIndex((other) => other.generation === one.generation) === index,
  );
  return own.flatMap((choice) => {
    const key =
      choice.generation === null ? "network.weights" : `generations.networks[${choice.generation - 1}].weights`;
    return choice.weights === null ? [] : [{ choice, key, file: choice.weights }];
  });
}
