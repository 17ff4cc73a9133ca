import { compile, GradientAccumulator, place, release, type Program, type Sgd } from "@fledge/autograd";
import type { Model } from "./model.ts";
import type { Labeller } from "./phases.ts";
import { partSizes, stepInParts, type Part } from "./step-in-parts.ts";
import {
  addUp,
  compileLabelledStep,
  compilePseudoLabelledStep,
  update,
  updateFromSums,
  type GradientUse,
  type LabelledStep,
  type PseudoLabelledStep,
} from "./steps.ts";

export interface StepOptions {
  readonly labelSmoothing: number;
  /** Most images to compute at once, null for the whole batch. */
  readonly microBatchSize: number | null;
}

type Step<Program extends LabelledStep | PseudoLabelledStep> = Pick<Program, "run"> & {
  /** The plan of its program, or of its largest part. */
  readonly explain: Program["explain"];
};

/** Makes a kind of step for a use of the gradients and a number of images. */
type Compile = <Scalars extends string>(
  use: GradientUse<Scalars>,
  size: number,
) => Promise<LabelledStep<Scalars> | PseudoLabelledStep<Scalars>>;

/** What sums up the gradients of a batch's parts, and the program that then moves the parameters. */
interface Sums {
  readonly accumulator: GradientAccumulator;
  readonly update: Program<"learningRate", never>;
}

/** The compiled steps of one phase, by batch size: the epoch's last batch may be smaller. */
export class StepPrograms {
  readonly #model: Model;
  readonly #optimiser: Sgd;
  readonly #options: StepOptions;
  readonly #steps = new Map<string, Promise<Step<LabelledStep | PseudoLabelledStep>>>();
  readonly #programs = new Map<string, Promise<{ release(): void }>>();
  #sums: Promise<Sums> | undefined;

  constructor(model: Model, optimiser: Sgd, options: StepOptions) {
    this.#model = model;
    this.#optimiser = optimiser;
    this.#options = options;
  }

  /** A step on `size` images with their true labels. */
  labelled(size: number): Promise<Step<LabelledStep>> {
    const { labelSmoothing } = this.#options;
    return this.#step("labelled", size, (use, images) =>
      compileLabelledStep(this.#model, use, images, labelSmoothing),
    ) as Promise<Step<LabelledStep>>;
  }

  /** A step on `size` images that the phase's teacher labels. */
  pseudoLabelled(size: number, teacher: Labeller): Promise<Step<PseudoLabelledStep>> {
    const { labelSmoothing } = this.#options;
    return this.#step("pseudo-labelled", size, (use, images) =>
      compilePseudoLabelledStep(this.#model, teacher, use, images, labelSmoothing),
    );
  }

  #step(kind: string, size: number, compileFor: Compile): Promise<Step<LabelledStep | PseudoLabelledStep>> {
    const key = `${kind} ${size}`;
    let step = this.#steps.get(key);
    if (!step) {
      const { microBatchSize } = this.#options;
      const whole = microBatchSize === null || size <= microBatchSize;
      step = whole
        ? this.#program(key, () => compileFor(update(this.#optimiser), size))
        : this.#inParts(kind, partSizes(size, microBatchSize), compileFor);
      this.#steps.set(key, step);
    }
    return step;
  }

  async #inParts(
    kind: string,
    sizes: readonly number[],
    compileFor: Compile,
  ): Promise<Step<LabelledStep | PseudoLabelledStep>> {
    const sums = await (this.#sums ??= this.#makeSums());
    const parts: (Part & Pick<Step<LabelledStep>, "explain">)[] = [];
    for (const size of sizes) {
      const program = await this.#program(`part of ${kind} ${size}`, () => compileFor(addUp(sums.accumulator), size));
      parts.push({
        size,
        program: program as unknown as Part["program"],
        explain: (timesUs) => program.explain(timesUs),
      });
    }
    return {
      run: (inputs: unknown) => stepInParts(parts, sums.update, inputs as Parameters<typeof stepInParts>[2]),
      explain: (timesUs) => parts[0]!.explain(timesUs),
    };
  }

  #program<P extends { release(): void }>(key: string, make: () => Promise<P>): Promise<P> {
    const made = (this.#programs.get(key) as Promise<P> | undefined) ?? make();
    this.#programs.set(key, made);
    return made;
  }

  async #makeSums(): Promise<Sums> {
    const { gpu, network, choices } = this.#model;
    const accumulator = new GradientAccumulator(network.parameters);
    place(gpu, accumulator.sums);
    return { accumulator, update: await compile(gpu, ...updateFromSums(this.#optimiser, accumulator), { choices }) };
  }

  /** Frees the programs, for the other kind of phase. */
  async release(): Promise<void> {
    for (const program of this.#programs.values()) (await program).release();
    this.#programs.clear();
    this.#steps.clear();
    const sums = await this.#sums;
    if (!sums) return;
    sums.update.release();
    release(this.#model.gpu, sums.accumulator.sums);
    this.#sums = undefined;
  }
}
