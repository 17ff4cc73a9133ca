import type { TensorData } from "@fledge/testing";
import type { SgdShape } from "../src/shape.ts";
import { expectedStep, stepInputs, stepTolerance, type StepInputs } from "./step.ts";

export type ScaledStepInputs = StepInputs & Readonly<Record<"lossScale" | "overflowed", TensorData>>;
type Outputs = ReturnType<typeof expectedStep>;

interface Scaling {
  readonly lossScale: number;
  readonly overflowed: number;
  readonly stepCount: number;
}

/** The tensors of one step, the gradient times the scale; where it overflowed one element is infinite. */
export function scaledStepInputs(
  shape: SgdShape,
  uniform: () => number,
  { lossScale, overflowed, stepCount }: Scaling,
): ScaledStepInputs {
  const { gradient, ...others } = stepInputs(shape, uniform, stepCount);
  const scaled = Float32Array.from(gradient, (value, i) =>
    overflowed === 1 && i === 0 ? Infinity : value * lossScale,
  );
  return {
    ...others,
    gradient: scaled,
    lossScale: Float32Array.of(lossScale),
    overflowed: Uint32Array.of(overflowed),
  };
}

const unscaled = ({ lossScale, gradient, ...others }: ScaledStepInputs): StepInputs => ({
  ...others,
  gradient: Float64Array.from(gradient, (value) => value / lossScale[0]) as unknown as TensorData,
});

/** The step with the gradient divided by the scale, in float64; what was there where it overflowed. */
export const scaledStep = (shape: SgdShape, inputs: ScaledStepInputs): Outputs =>
  inputs.overflowed[0] === 1
    ? {
        parameter: Float64Array.from(inputs.parameter),
        momentumBuffer: Float64Array.from(inputs.momentumBuffer),
      }
    : expectedStep(shape, unscaled(inputs));

/** The step's bound, with one part in four for the reciprocal and the product: two roundings more than eleven, than six. */
export function scaledStepTolerance(shape: SgdShape, inputs: ScaledStepInputs): Outputs {
  if (inputs.overflowed[0] === 1) {
    const zeros = (): Float64Array => new Float64Array(shape.count);
    return { parameter: zeros(), momentumBuffer: zeros() };
  }
  const { parameter, momentumBuffer } = stepTolerance(shape, unscaled(inputs));
  const widened = (bounds: Float64Array): Float64Array => bounds.map((bound) => bound * (8 / 6));
  return { parameter: widened(parameter), momentumBuffer: widened(momentumBuffer) };
}
