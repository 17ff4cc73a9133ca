import type { Random } from "@fledge/random";
import type { ImageSize } from "../image.ts";
import type { AugmentLibrary } from "./apply-operation.ts";
import type { Operation, OperationArguments } from "./operation.ts";

/** One operation as it was drawn. One that is not applied has no arguments. */
export interface AugmentStep extends OperationArguments {
  readonly library: AugmentLibrary;
  readonly name: string;
  readonly level: number;
  readonly applied: boolean;
}

/** Draws whether the operation is applied and, if so, its sign or centre. */
export function drawStep(
  step: { readonly library: AugmentLibrary; readonly name: string; readonly level: number },
  operation: Operation,
  probability: number,
  random: Random,
  size: ImageSize,
): AugmentStep {
  if (!(random.float() < probability)) return { ...step, applied: false };
  const sign = operation.draws === "sign" ? random.choice([-1, 1] as const) : 1;
  const centre = drawCentre(operation.draws, random, size);
  return {
    ...step,
    applied: true,
    ...(operation.value && { value: operation.value(step.level, sign, size) }),
    ...(centre && { centre }),
  };
}

function drawCentre(draws: Operation["draws"], random: Random, { width, height }: ImageSize) {
  switch (draws) {
    case "centre pixel":
      return { x: random.integer(0, width), y: random.integer(0, height) };
    case "centre point":
      return { x: width + (1 - width) * random.float(), y: height + (1 - height) * random.float() };
    case "sign":
    case undefined:
      return undefined;
  }
}
