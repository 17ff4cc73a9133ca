export interface StepLrOptions {
  /** Learning rate of the first epoch. */
  readonly initial: number;
  /** Epochs between two drops. */
  readonly stepSize: number;
  /** Factor of a drop. */
  readonly gamma: number;
}

/**
 * The schedule of `torch.optim.lr_scheduler.StepLR`: `initial * gamma ** floor(epoch / stepSize)`.
 * PyTorch multiplies up drop by drop, which may differ in the last bit of a float64.
 * @returns the learning rate used during an epoch, counted from 0
 * @throws RangeError naming the argument and the mend
 */
export function stepLr({ initial, stepSize, gamma }: StepLrOptions): (epoch: number) => number {
  if (!(initial >= 0 && initial < Infinity)) {
    throw new RangeError(`stepLr: initial is ${initial}; give a learning rate, 0 or above`);
  }
  if (!Number.isInteger(stepSize) || stepSize < 1) {
    throw new RangeError(`stepLr: stepSize is ${stepSize}; give a whole number of epochs, 1 or above`);
  }
  if (!(gamma > 0 && gamma < Infinity)) {
    throw new RangeError(`stepLr: gamma is ${gamma}; give a factor above 0, such as 0.1`);
  }
  return (epoch) => {
    if (!Number.isInteger(epoch) || epoch < 0) {
      throw new RangeError(`stepLr: epoch is ${epoch}; give a whole number, counted from 0`);
    }
    return initial * gamma ** Math.floor(epoch / stepSize);
  };
}
