import type { Constants, Kernel } from "./kernel.ts";

/** A kernel and a shape that a program runs it on. */
export interface KernelUse {
  readonly kernel: Kernel<unknown>;
  readonly shape: unknown;
}

/** A rung, and the constants that are set over its own. */
export interface RungChoice {
  readonly rung: string;
  readonly tile?: Constants | undefined;
}

/** `conv2d-forward/20-prefetched BM=64 BN=128`: a choice in one line. */
export const choiceText = ({ rung, tile = {} }: RungChoice): string =>
  [rung, ...Object.entries(tile).map(([name, value]) => `${name}=${value}`)].join(" ");

/** What to run, by kernel name and `shapeKey`: what a tuner found or a run recorded, as plain data. */
export type Choices = Readonly<Record<string, Readonly<Record<string, RungChoice>>>>;

/** A shape as text: JSON with its names in alphabetical order, so that equal shapes have equal keys. */
export function shapeKey(shape: unknown): string {
  return JSON.stringify(shape, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** What `choices` name for a kernel and shape, if they do. */
export const chosenRung = (choices: Choices, { kernel, shape }: KernelUse): RungChoice | undefined =>
  choices[kernel.name]?.[shapeKey(shape)];
