/** One group of parameters under one set of hyperparameters, named as `torch.optim.SGD` names them. */
export interface SgdShape {
  /** Elements of the flat run: all parameters of a network may be updated in one dispatch. */
  readonly count: number;
  /** 0 for plain gradient descent. */
  readonly momentum: number;
  /** L2 penalty added to the gradient; applies to every element of the run. */
  readonly weightDecay: number;
  /** Share of the gradient kept out of the momentum buffer, from the second step on. */
  readonly dampening: number;
  readonly nesterov: boolean;
}

/** A flat run of gradients to add up. */
export interface SgdAccumulateShape {
  /** Elements of the flat run: all parameters of a network may be added up in one dispatch. */
  readonly count: number;
}

/** A flat run of gradients to look through. */
export type SgdCheckFiniteShape = SgdAccumulateShape;

/** How a loss scale moves, named as `torch.amp.GradScaler` names it. */
export interface SgdAdaptScaleShape {
  /** What the scale is multiplied by after `growthInterval` steps in a row whose gradients were numbers. */
  readonly growthFactor: number;
  /** And after a step of which one was none. */
  readonly backoffFactor: number;
  readonly growthInterval: number;
}

/** `sgdHoldAverage` chooses between two numbers; nothing about it varies. */
export type SgdHoldAverageShape = Readonly<Record<string, never>>;

/** `sgdAdvance` counts steps; nothing about it varies. */
export type SgdAdvanceShape = Readonly<Record<string, never>>;

/** A flat run of values to average over steps. */
export type SgdAverageShape = SgdAccumulateShape;

/** A group of parameters whose learning rate is a multiple of the schedule's. */
export interface SgdScaleRateShape {
  readonly multiplier: number;
}

/** Elements a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

/** @throws RangeError where the count is no whole number in range */
export function checkCount({ count }: SgdAccumulateShape): void {
  if (!Number.isInteger(count) || count < 1 || count > maxCount) {
    throw new RangeError(`sgd: count is ${count}; give a whole number of elements from 1 to ${maxCount}`);
  }
}

/**
 * The checks of `torch.optim.SGD.__init__`, and the element count.
 * @throws RangeError naming the argument and the mend
 */
export function checkSgd({ count, momentum, weightDecay, dampening, nesterov }: SgdShape): void {
  checkCount({ count });
  for (const [name, value] of Object.entries({ momentum, weightDecay })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`sgd: ${name} is ${value}; give a finite number, 0 or above`);
    }
  }
  if (!Number.isFinite(dampening)) {
    throw new RangeError(`sgd: dampening is ${dampening}; give a finite number, usually 0`);
  }
  if (nesterov && !(momentum > 0 && dampening === 0)) {
    throw new RangeError(
      "sgd: nesterov requires a momentum above 0 and dampening 0, " +
        `got momentum ${momentum} and dampening ${dampening}; set them so, or set nesterov to false`,
    );
  }
}

/** Arithmetic per element: 2 for the decay, 3 for the buffer, 2 for nesterov, 2 for the step. */
export function sgdFlops({ count, momentum, nesterov }: SgdShape): number {
  return count * (4 + (momentum > 0 ? 3 : 0) + (nesterov ? 2 : 0));
}

/** The checks of `torch.amp.GradScaler.__init__`. @throws RangeError naming the argument and the mend */
export function checkAdaptScale({ growthFactor, backoffFactor, growthInterval }: SgdAdaptScaleShape): void {
  if (!(growthFactor > 1 && growthFactor < Infinity))
    throw new RangeError(`sgd: growthFactor is ${growthFactor}; give a finite number above 1`);
  if (!(backoffFactor > 0 && backoffFactor < 1))
    throw new RangeError(`sgd: backoffFactor is ${backoffFactor}; give a number between 0 and 1`);
  if (!(Number.isInteger(growthInterval) && growthInterval >= 1 && growthInterval < 2 ** 32))
    throw new RangeError(`sgd: growthInterval is ${growthInterval}; give a whole number of steps from 1`);
}

/** Contents of `struct Params` of an update, the same in every rung. */
export const updateParams = ({ count, momentum, weightDecay, dampening, nesterov }: SgdShape) => ({
  count,
  momentum,
  weightDecay,
  oneMinusDampening: 1 - dampening,
  nesterov: nesterov ? 1 : 0,
});

/** @throws RangeError where the multiplier is no finite number from 0 */
export function checkScaleRate({ multiplier }: SgdScaleRateShape): void {
  if (multiplier >= 0 && multiplier < Infinity) return;
  throw new RangeError(`sgd: the rate multiplier is ${multiplier}; give a finite number, 0 or above`);
}
