import type { Kernel } from "./kernel.ts";

/** A kernel and a shape that a program runs it on. */
export interface KernelUse {
  readonly kernel: Kernel<unknown>;
  readonly shape: unknown;
}

/** Which rung to run, by kernel name and `shapeKey`: what a tuner found or a run recorded, as plain data. */
export type Choices = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A shape as text: JSON with its names in alphabetical order, so that equal shapes have equal keys. */
export function shapeKey(shape: unknown): string {
  return JSON.stringify(shape, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** The rung that `choices` name for a kernel and shape, if they do. */
export const chosenRung = (choices: Choices, { kernel, shape }: KernelUse): string | undefined =>
  choices[kernel.name]?.[shapeKey(shape)];
