import type { SgdAdaptScaleShape, SgdShape } from "./shape.ts";

export interface SgdState {
  readonly parameter: ArrayLike<number>;
  readonly momentumBuffer: ArrayLike<number>;
}

interface SgdInputs extends SgdState {
  readonly gradient: ArrayLike<number>;
  readonly learningRate: number;
  /** Steps taken before this one. */
  readonly stepCount: number;
}

/**
 * One step of `torch.optim.SGD` in float64; this function defines `sgdUpdate`.
 * The learning rate stays outside the buffer, so a schedule acts at once on all that the buffer holds.
 */
export function sgdUpdateReference(
  { count, momentum, weightDecay, dampening, nesterov }: SgdShape,
  { parameter, gradient, momentumBuffer, learningRate, stepCount }: SgdInputs,
): { parameter: Float64Array; momentumBuffer: Float64Array } {
  const newParameter = new Float64Array(count);
  const newBuffer = Float64Array.from(momentumBuffer);
  for (let i = 0; i < count; i++) {
    const decayed = gradient[i] + weightDecay * parameter[i];
    let step = decayed;
    if (momentum > 0) {
      const buffer = stepCount === 0 ? decayed : momentum * momentumBuffer[i] + (1 - dampening) * decayed;
      newBuffer[i] = buffer;
      step = nesterov ? decayed + momentum * buffer : buffer;
    }
    newParameter[i] = parameter[i] - learningRate * step;
  }
  return { parameter: newParameter, momentumBuffer: newBuffer };
}

/** Adds the gradient of part number `part` of a batch to the sum of those before, in float64; defines `sgdAccumulate`. */
export function sgdAccumulateReference(
  sum: ArrayLike<number>,
  gradient: ArrayLike<number>,
  { share, part }: { readonly share: number; readonly part: number },
): Float64Array {
  return Float64Array.from(gradient, (value, i) => (part === 0 ? 0 : sum[i]) + share * value);
}

/**
 * Moves a running average towards the value of this step by a share `weight` of the way, in float64; defines
 * `sgdAverage`. An exponential moving average of decay d has weight 1 - d.
 */
export const sgdAverageReference = (
  average: ArrayLike<number>,
  value: ArrayLike<number>,
  weight: number,
): Float64Array => Float64Array.from(value, (after, i) => (1 - weight) * average[i] + weight * after);

/** The state of a loss scale, and of the step that it is for. */
export interface ScaleState {
  readonly lossScale: number;
  readonly growthTracker: number;
  readonly stepCount: number;
}

/** `torch.amp.GradScaler.update`, in float64 but for the bound of 2^126, and the count of steps taken; defines `sgdAdaptScale`. */
export function sgdAdaptScaleReference(
  { growthFactor, backoffFactor, growthInterval }: SgdAdaptScaleShape,
  { lossScale, growthTracker, stepCount }: ScaleState,
  overflowed: boolean,
): ScaleState {
  if (overflowed) return { lossScale: lossScale * backoffFactor, growthTracker: 0, stepCount };
  const steps = { stepCount: stepCount + 1 };
  if (growthTracker + 1 < growthInterval) return { lossScale, growthTracker: growthTracker + 1, ...steps };
  const grown = Math.min(lossScale * growthFactor, Math.max(lossScale, 2 ** 126));
  return { lossScale: grown, growthTracker: 0, ...steps };
}
