import type { ImageCache } from "@fledge/data";
import type { Choices, Gpu } from "@fledge/runtime";
import type { DeviceAugmenter, EpochLook, EpochRecord, StepAbout, StepRecord } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import type { EvaluationRecord, ModelName } from "../run/records.ts";
import type { RunDirectory } from "../run/run-directory.ts";

/** Is told what happens while it happens: the console's progress, or nothing in tests. */
export interface Reporter {
  training(model: ModelName, epochs: number, epochsDone: number): void;
  step(record: StepRecord, images: number, about: StepAbout): void;
  epoch(record: EpochRecord, look: EpochLook): void;
  /** A look at images begins that may take long: labelling, evaluation. @returns what is to be told of each batch's images */
  looking(what: string, images: number): (images: number) => void;
  evaluated(record: EvaluationRecord): void;
  /** `fledge robustness` begins: so many cases of all models, at a cost in looks at an image. */
  measuring(all: { readonly cases: number; readonly cost: number }): void;
  caseUnderWay(about: CaseUnderWay, share: number): void;
  /** @param known whether the run held it already */
  caseMeasured(about: CaseUnderWay, known: boolean, values: Readonly<Record<string, number>>): void;
  note(text: string): void;
}

/** A case of `fledge robustness`. */
export interface CaseUnderWay {
  /** The model. */
  readonly subject: string;
  /** `family/case`. */
  readonly name: string;
  readonly cost: number;
}

/** What every stage of a run works with. */
export interface Session {
  readonly gpu: Gpu;
  readonly run: RunDirectory;
  readonly config: Config;
  /** Rungs for the kernels of all programs, as the run began with them. */
  readonly choices: Choices;
  readonly classes: number;
  readonly cache: ImageCache;
  /** Augments images on the device, where the settings say so. */
  readonly augmenter?: DeviceAugmenter | undefined;
  readonly reporter: Reporter;
  /** Writes down what the command used so far, where that is kept. */
  readonly keepCost?: () => Promise<void>;
}
