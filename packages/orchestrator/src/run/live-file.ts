import { appendFileSync, writeFileSync } from "node:fs";
import type { EpochLook, StepAbout, StepRecord } from "@fledge/training";
import { z } from "zod";
import type { Reporter } from "../stages/session.ts";
import type { EvaluationRecord, ModelName } from "./records.ts";
import { percent } from "../report/percent.ts";
import type { RunDirectory } from "./run-directory.ts";

/** The file of what is going on in a run. */
export const liveName = "live.jsonl";

/** The file of what a model's latest epoch said of a few images. */
export const examplesName = "examples.json";

const count = z.int().min(0);
/** JSON has no NaN: a measurement that was one is null. */
const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const training = z.looseObject({
  kind: z.literal("training"),
  at: z.string(),
  model: z.string(),
  epochs: count,
  epochsDone: count,
});

const step = z.looseObject({
  kind: z.literal("step"),
  at: z.string(),
  epoch: count,
  step: count,
  loss: measured,
  accuracy: measured,
  learningRate: measured,
  /** Of the epoch in all. */
  steps: count,
  /** Of the epoch so far. */
  images: count,
  seconds: measured,
  dataWaitSeconds: measured,
});

const note = z.looseObject({ kind: z.literal("note"), at: z.string(), text: z.string() });

/** The last line of a training that failed: why, and what tries it again. */
const failed = z.looseObject({ kind: z.literal("failed"), at: z.string(), text: z.string(), mend: z.string() });

/** A line of `live.jsonl`: the model that trains, a step of the epoch under way, what else is done, why it ended. */
const lineSchema = z.discriminatedUnion("kind", [training, step, note, failed]);
export type LiveLine = z.infer<typeof lineSchema>;
export type LiveStep = z.infer<typeof step>;

const examplesSchema = z.looseObject({
  epoch: count,
  /** Below which the images' paths lie. */
  root: z.string(),
  /** As they were validated: the class that counts, the model's, and how sure it was, 0 to 1. */
  images: z.array(z.object({ image: z.string(), own: z.string(), predicted: z.string(), confidence: z.number() })),
  /** How often each class was given as a pseudo-label in the epoch; absent where none was. */
  pseudoLabels: z.array(z.object({ class: z.string(), count })).exactOptional(),
});

export type Examples = z.infer<typeof examplesSchema>;

function parsed<T>(text: string, schema: z.ZodType<T>): T[] {
  try {
    const result = schema.safeParse(JSON.parse(text));
    return result.success ? [result.data] : [];
  } catch {
    return [];
  }
}

/** The lines of a file that may be in the middle of being written: what is no whole line is left out. */
export const liveLines = (text: string): LiveLine[] =>
  text.split("\n").flatMap((line) => (line === "" ? [] : parsed(line, lineSchema)));

/** Undefined where it is in the middle of being written, or damaged. */
export const examplesIn = (text: string): Examples | undefined => parsed(text, examplesSchema)[0];

/** A line at most so often. */
const everyMs = 500;

/** How many images are shown. */
const shownImages = 24;

/** Images from all over a data set, the same ones each time. */
export function shownPlaces(images: number, shown = shownImages): number[] {
  const places = Math.min(images, shown);
  return Array.from({ length: places }, (_, index) => Math.floor(((index + 0.5) * images) / places));
}

/**
 * Tells of a run while it goes on, for whoever watches: `live.jsonl` holds the epoch under way and begins anew with each.
 * Nothing that the run needs is in it, so that a write that fails is said once and hurts nothing.
 */
export class LiveFile implements Partial<Reporter> {
  readonly #run: RunDirectory;
  readonly #tell: (problem: string) => void;
  #told = false;
  #model: ModelName = "teacher";
  #epochs = 0;
  #lineAt = -Infinity;
  #epochAt = performance.now();
  #images = 0;

  constructor(run: RunDirectory, tell: (problem: string) => void) {
    this.#run = run;
    this.#tell = tell;
    this.#write(() => writeFileSync(run.file(liveName), ""));
  }

  training(model: ModelName, epochs: number, epochsDone: number): void {
    this.#model = model;
    this.#epochs = epochs;
    this.#begin(epochsDone);
  }

  step({ epoch, step, loss, accuracy }: StepRecord, images: number, about: StepAbout): void {
    this.#images += images;
    const now = performance.now();
    if (now - this.#lineAt < everyMs) return;
    this.#lineAt = now;
    const sums = { images: this.#images, seconds: (now - this.#epochAt) / 1000 };
    this.#append({ kind: "step", epoch, step, loss, accuracy, ...sums, ...about });
  }

  epoch({ epoch }: { readonly epoch: number }, { validated, validatedOn, pseudoLabelCounts }: EpochLook): void {
    const { root, classes, samples } = validatedOn;
    const images = shownPlaces(samples.length).map((place) => ({
      image: samples[place]!.path,
      own: classes[samples[place]!.label]!,
      predicted: classes[validated.classes[place]!]!,
      confidence: validated.probabilities[place]!,
    }));
    const pseudoLabels = pseudoLabelCounts?.map((counted, label) => ({ class: classes[label]!, count: counted }));
    const examples: Examples = { epoch, root, images, ...(pseudoLabels && { pseudoLabels }) };
    this.#write(() => writeFileSync(this.#run.file(this.#model, examplesName), `${JSON.stringify(examples)}\n`));
    this.#begin(epoch + 1);
  }

  evaluated({ model, task, mean }: EvaluationRecord): void {
    this.note(`${model} evaluated on the ${task} task: ${percent(mean)}`);
  }

  note(text: string): void {
    this.#append({ kind: "note", text });
  }

  /** @param why in words: nothing else in the run's folder keeps it @param mend what tries it again */
  failed(why: string, mend: string): void {
    this.#append({ kind: "failed", text: why, mend });
  }

  #begin(epochsDone: number): void {
    this.#images = 0;
    this.#epochAt = performance.now();
    this.#lineAt = -Infinity;
    const line = this.#line({ kind: "training", model: this.#model, epochs: this.#epochs, epochsDone });
    this.#write(() => writeFileSync(this.#run.file(liveName), line));
  }

  #line = (fields: object): string => `${JSON.stringify({ at: new Date().toISOString(), ...fields })}\n`;

  #append(fields: object): void {
    this.#write(() => appendFileSync(this.#run.file(liveName), this.#line(fields)));
  }

  #write(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (this.#told) return;
      this.#told = true;
      this.#tell(`what is going on cannot be written down for "npx fledge watch" (${(error as Error).message})`);
    }
  }
}
