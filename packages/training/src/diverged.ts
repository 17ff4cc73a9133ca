/**
 * The loss is no number any more, as the weights or running statistics have left the range of numbers, or its gradients
 * overflow however it is scaled. The message says where.
 */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
}

/** A scale below which training ends, as in fairseq (min_loss_scale): gradients that overflow there overflow at any. */
const leastScale = 1e-4;

/** Where a step stood. */
export interface StepPlace {
  readonly epoch: number;
  readonly step: number;
  readonly learningRate: number;
}

/**
 * Looks at what a step left.
 * @param lossScale undefined where the loss is not scaled, and so nothing is computed in f16
 * @throws DivergedError
 */
export function checkStep(loss: number, lossScale: number | undefined, at: StepPlace): void {
  const where = `in epoch ${at.epoch + 1}, step ${at.step + 1}, at a learning rate of ${at.learningRate}`;
  if (!Number.isFinite(loss)) {
    const half = lossScale === undefined ? "" : "; in f16 an activation beyond 65504 does that, in f32 it does not";
    throw new DivergedError(`the loss is ${loss} ${where}${half}`);
  }
  if (lossScale !== undefined && lossScale < leastScale)
    throw new DivergedError(`the loss scale fell to ${lossScale} ${where}: its gradients overflow f16 at any scale`);
}
