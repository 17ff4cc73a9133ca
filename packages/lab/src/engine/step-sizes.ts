import type { ExplainedPlan } from "@fledge/autograd/explained";

/** The sizes of a step: those that `fledge explain` takes as settings. */
export interface StepSizes {
  readonly depth: 18 | 34 | 50 | 101 | 152;
  /** Channels of the first stage's inner layers. */
  readonly width: number;
  /** Side of the square images, in pixels. */
  readonly imageSize: number;
  readonly batch: number;
  readonly classes: number;
}

/** A compiled step, and what it took on this device. */
export interface OpenedStep {
  /** The adapter's name. */
  readonly adapter: string;
  readonly sizes: StepSizes;
  /** With times by kernel where the adapter has timestamps. */
  readonly plan: ExplainedPlan;
  readonly compiledInMs: number;
  /** Of a whole step by the wall's clock, from its submission to its loss: the least of a few. */
  readonly stepUs: number;
}

/** The command that explains the same step under Node. */
export const explainCommand = ({ depth, width, imageSize, batch, classes }: StepSizes): readonly string[] => [
  "explain",
  "--preset",
  "demo",
  "--set",
  `network.depth=${depth}`,
  "--set",
  `network.width=${width}`,
  "--set",
  `data.imageSize=${imageSize}`,
  "--batch-size",
  String(batch),
  "--classes",
  String(classes),
  "--no-tune",
];
