import type { evaluate, Model, Phase, trainEpoch } from "@fledge/training";
import { expect } from "vitest";
import type { Outcome } from "./fledge.ts";

/** What one step or one evaluated batch was given, and the classes that came out: a step's labels, or predictions. */
export interface WatchedBatch {
  readonly images: Uint8Array;
  /** Top, left and flip of every image. */
  readonly placement: Int32Array;
  readonly teacherImages: Uint8Array | undefined;
  classes: Int32Array<ArrayBufferLike>;
}

type Values = ReadonlyMap<string, Float32Array | Uint32Array>;

export interface WatchedEpoch {
  readonly phase: Phase;
  readonly options: Parameters<typeof trainEpoch>[2];
  readonly batches: readonly WatchedBatch[];
  /** Kernels of steps on full batches whose rung no record of the run named. */
  readonly unlisted: readonly string[];
  /** The labelling teacher's variables before and after the epoch; empty where no teacher labels. */
  readonly teacherBefore: Values;
  readonly teacherAfter: Values;
}

export interface WatchedEvaluation {
  readonly options: Parameters<typeof evaluate>[1];
  readonly batches: readonly WatchedBatch[];
  readonly result: Awaited<ReturnType<typeof evaluate>>;
}

const epochs: WatchedEpoch[] = [];
const evaluations: WatchedEvaluation[] = [];

interface Runnable {
  run(inputs: Record<string, unknown>): Promise<Record<string, unknown>>;
}

/** The program, whose runs are written down. */
function watched<T>(program: T, batches: WatchedBatch[], result: "labels" | "classes"): T {
  const runnable = program as Runnable;
  const watching: Runnable = {
    async run(inputs) {
      const copied = structuredClone(inputs) as unknown as Omit<WatchedBatch, "placement"> & {
        readonly imagesPlacement: Int32Array;
      };
      const batch: WatchedBatch = {
        images: copied.images,
        placement: copied.imagesPlacement,
        teacherImages: copied.teacherImages,
        classes: new Int32Array(),
      };
      batches.push(batch);
      const results = await runnable.run(inputs);
      batch.classes = results[result] as Int32Array;
      return results;
    },
  };
  return watching as T;
}

async function variablesOf(teacher: Model | undefined): Promise<Values> {
  if (!teacher) return new Map();
  const { readVariables } = await import("@fledge/autograd");
  return readVariables(teacher.gpu, teacher.network.variables);
}

/** For `vi.mock`: the real module, whose epochs are written down. */
export const watchEpochs = (real: { trainEpoch: typeof trainEpoch }): typeof real => ({
  ...real,
  async trainEpoch(steps, phase, options) {
    const batches: WatchedBatch[] = [];
    const unlisted: string[] = [];
    const watching: typeof steps = {
      async of(size) {
        const program = await steps.of(size);
        const { kernels } = program.explain();
        if (size === options.batchSize) {
          unlisted.push(...kernels.filter(({ choice }) => choice === "default").map(({ rung }) => rung));
        }
        return watched(program, batches, "labels");
      },
    };
    const teacherBefore = await variablesOf(phase.labeller?.model);
    const trained = await real.trainEpoch(watching, phase, options);
    epochs.push({
      phase,
      options,
      batches,
      unlisted,
      teacherBefore,
      teacherAfter: await variablesOf(phase.labeller?.model),
    });
    return trained;
  },
});

/** For `vi.mock`: the real module, whose evaluations are written down. */
export const watchEvaluations = (real: { evaluate: typeof evaluate }): typeof real => ({
  ...real,
  async evaluate(model, options) {
    const batches: WatchedBatch[] = [];
    const watching = {
      predict: async (size, mode) => watched(await model.predict(size, mode), batches, "classes"),
    } as Model;
    const result = await real.evaluate(watching, options);
    evaluations.push({ options, batches, result });
    return result;
  },
});

export interface WatchedRun {
  /** The epochs of each model, in the order in which the models were trained. */
  readonly models: readonly (readonly WatchedEpoch[])[];
  readonly evaluations: readonly WatchedEvaluation[];
  readonly output: string;
}

/**
 * Runs a command that must succeed, in a test file that mocks both modules; gives what it trained and evaluated. The
 * command is handed in, and autograd imported late, because the mocks load this module while they stand in for others.
 */
export async function watchRun(command: () => Promise<Outcome>): Promise<WatchedRun> {
  epochs.length = evaluations.length = 0;
  const { code, output } = await command();
  expect(code, output).toBe(0);
  const models: WatchedEpoch[][] = [];
  for (const epoch of epochs) {
    if (epoch.options.epoch === 0) models.push([]);
    models.at(-1)!.push(epoch);
  }
  return { models, evaluations: [...evaluations], output };
}

/** The pixels of all batches, in order. */
export const imagesOf = (batches: readonly WatchedBatch[]): Buffer =>
  Buffer.concat(batches.map(({ images }) => images));

/** The classes of all batches, in order. */
export const classesOf = (batches: readonly WatchedBatch[]): number[] => batches.flatMap(({ classes }) => [...classes]);

/** The evaluations of a data set, named by the part that it is: `test`, `validation`, `heldOut`. */
export const evaluationsOn = ({ evaluations: all }: WatchedRun, part: string): WatchedEvaluation[] =>
  all.filter(({ options }) => options.dataset.name.endsWith(`/${part}`));
