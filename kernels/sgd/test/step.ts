import type { TensorData } from "@fledge/testing";
import { sgdUpdateReference } from "../src/reference.ts";
import type { SgdShape } from "../src/shape.ts";

type StepTensor = "parameter" | "gradient" | "momentumBuffer" | "learningRate" | "stepCount";
export type StepInputs = Readonly<Record<StepTensor, TensorData>>;
type StepOutputs = Readonly<Record<"parameter" | "momentumBuffer", Float64Array>>;

/**
 * The tensors of one step: parameters with an outlier in each hundred, a learning rate as the paper's.
 * At the first step the buffer of a shape with momentum holds NaN, which must not survive.
 */
export function stepInputs({ count, momentum }: SgdShape, uniform: () => number, stepCount: number): StepInputs {
  const draw = (outlier: number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: count }, (_, i) => uniform() * (i % 100 === 7 ? outlier : 1));
  const momentumBuffer = stepCount === 0 && momentum > 0 ? new Float32Array(count).fill(NaN) : draw(1000);
  return {
    parameter: draw(1000),
    gradient: draw(100),
    momentumBuffer,
    learningRate: Float32Array.of(0.01),
    stepCount: Uint32Array.of(stepCount),
  };
}

export function expectedStep(shape: SgdShape, inputs: StepInputs): StepOutputs {
  return sgdUpdateReference(shape, { ...inputs, learningRate: inputs.learningRate[0], stepCount: inputs.stepCount[0] });
}

const unitRoundoff = 2 ** -24;

/**
 * Absolute bounds per element. The longest chain is weightDecay (itself rounded, multiplied, added), the buffer
 * (factor rounded, multiplied, added), nesterov (the same), the learning rate (multiplied, subtracted): 11 roundings
 * of sums no larger than that of the absolute values. The buffer is 6 deep. With momentum 0 it must not change.
 */
export function stepTolerance(
  { count, momentum, weightDecay, dampening, nesterov }: SgdShape,
  inputs: StepInputs,
): StepOutputs {
  const parameter = new Float64Array(count);
  const momentumBuffer = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const decayed = Math.abs(inputs.gradient[i]) + weightDecay * Math.abs(inputs.parameter[i]);
    let step = decayed;
    if (momentum > 0) {
      const later = momentum * Math.abs(inputs.momentumBuffer[i]) + Math.abs(1 - dampening) * decayed;
      const buffer = inputs.stepCount[0] === 0 ? decayed : later;
      momentumBuffer[i] = 6 * unitRoundoff * buffer;
      step = nesterov ? decayed + momentum * buffer : buffer;
    }
    parameter[i] = 11 * unitRoundoff * (Math.abs(inputs.parameter[i]) + inputs.learningRate[0] * step);
  }
  return { parameter, momentumBuffer };
}
