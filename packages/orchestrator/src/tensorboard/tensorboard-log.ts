import { join } from "node:path";
import { EventFile, histogramOf } from "@fledge/tensorboard";
import type { EpochLook, EpochRecord, StepAbout, StepRecord } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import type { EvaluationRecord, ModelName } from "../run/records.ts";
import type { Reporter } from "../stages/session.ts";
import { examplesGrid } from "./examples-grid.ts";

/** Twentieths. */
const shares = Array.from({ length: 20 }, (_, bin) => (bin + 1) / 20);

/** Tags and values of an epoch; what it has not is left out. */
function scalarsOf(record: EpochRecord): Record<string, number> {
  const { pseudoLabelAccuracy, keptShare, seconds, dataWaitSeconds } = record;
  return {
    "loss/training": record.trainLoss,
    "loss/validation": record.validationLoss,
    "accuracy/training": record.trainAccuracy,
    "accuracy/validation": record.validationAccuracy,
    "speed/images_per_second": record.imagesPerSecond,
    "speed/share_waiting_for_data": dataWaitSeconds / seconds,
    ...(pseudoLabelAccuracy === undefined ? {} : { "pseudo_labels/as_the_data_set": pseudoLabelAccuracy }),
    ...(keptShare === undefined ? {} : { "pseudo_labels/sure_enough": keptShare }),
    epoch: record.epoch + 1,
  };
}

/** A class's bin: its number and no other's. */
const classBins = (classes: number): number[] => Array.from({ length: classes }, (_, label) => label + 0.5);

/**
 * Writes a run's course as TensorBoard's event files, a folder for each model; the axis counts the steps of its
 * training. A write that fails is said once and hurts no training.
 */
export class TensorBoardLog implements Partial<Reporter> {
  readonly #folder: string;
  readonly #config: Config;
  readonly #tell: (problem: string) => void;
  readonly #files = new Map<string, EventFile>();
  #told = false;
  #model: ModelName = "teacher";
  #begun = true;
  #goesOn = false;
  #steps = 0;
  #pictures: Promise<void> = Promise.resolve();

  constructor(folder: string, config: Config, tell: (problem: string) => void) {
    this.#folder = folder;
    this.#config = config;
    this.#tell = tell;
  }

  training(model: ModelName, epochs: number, epochsDone: number): void {
    this.#model = model;
    this.#begun = epochsDone >= epochs;
    this.#goesOn = epochsDone > 0;
    this.#steps = 0;
  }

  step({ loss, accuracy }: StepRecord, _images: number, { learningRate, stepsDone }: StepAbout): void {
    this.#steps = stepsDone;
    this.#write(() => {
      if (!this.#begun) this.#begin();
      this.#file().scalars(stepsDone, { "step/loss": loss, "step/accuracy": accuracy, learning_rate: learningRate });
    });
  }

  epoch(record: EpochRecord, { validated, validatedOn, pseudoLabelCounts }: EpochLook): void {
    const steps = this.#steps;
    this.#write(() => {
      const file = this.#file();
      file.scalars(steps, scalarsOf(record));
      file.histogram(steps, "validation/confidence", histogramOf(validated.probabilities, shares));
      if (pseudoLabelCounts) {
        const labels = pseudoLabelCounts.flatMap((count, label) => Array.from({ length: count }, () => label));
        file.histogram(steps, "pseudo_labels/classes", histogramOf(labels, classBins(pseudoLabelCounts.length)));
      }
      // Pictures take a while: training goes on meanwhile.
      this.#pictures = this.#pictures
        .then(() => examplesGrid(validatedOn, validated))
        .then(({ text, ...image }) =>
          this.#write(() => {
            file.image(steps, "validation/examples", image);
            file.text(steps, "validation/examples", text);
          }),
        )
        .catch((error: unknown) => this.#fail(error));
    });
  }

  evaluated({ model, task, mean, deviation }: EvaluationRecord): void {
    this.#write(() => this.#file(model).scalars(0, { [`test/${task}`]: mean, [`test/${task}_deviation`]: deviation }));
  }

  /** Resolves once all pictures are written. */
  drained(): Promise<void> {
    return this.#pictures;
  }

  #begin(): void {
    this.#begun = true;
    const file = this.#file();
    if (this.#goesOn) file.restartAt(this.#steps);
    file.text(0, "configuration", `\`\`\`json\n${JSON.stringify(this.#config, null, 2)}\n\`\`\``);
  }

  #file(model: string = this.#model): EventFile {
    const file = this.#files.get(model) ?? new EventFile(join(this.#folder, model));
    this.#files.set(model, file);
    return file;
  }

  #write(body: () => void): void {
    try {
      body();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    this.#tell(`TensorBoard's files cannot be written (${(error as Error).message}); the run goes on without them`);
  }
}
