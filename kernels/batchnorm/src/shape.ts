import type { StoredShape } from "@fledge/runtime";

/** Sizes of a dense NHWC activation. BatchNorm sees it as N*H*W rows of C channels. */
export interface ActivationShape extends StoredShape {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly C: number;
}

export interface BatchnormStatisticsShape extends ActivationShape {
  /** Weight of this batch in the running statistics; PyTorch's default is 0.1. */
  readonly momentum: number;
}

export interface BatchnormApplyShape extends ActivationShape {
  readonly epsilon: number;
  /** Ends with ReLU. */
  readonly relu: boolean;
  /** Adds `residual` before the ReLU. */
  readonly residual: boolean;
}

export interface BatchnormBackwardShape extends BatchnormApplyShape {
  /** Mean and variance are constants (eval mode), so that no gradient flows through them. */
  readonly frozen: boolean;
}

/** Values per channel: N*H*W. */
export const rowCount = ({ N, H, W }: ActivationShape): number => N * H * W;

/** Elements of the activation. */
export const elements = (shape: ActivationShape): number => rowCount(shape) * shape.C;

function checkSizes(kernel: string, shape: ActivationShape): void {
  for (const name of ["N", "H", "W", "C"] as const) {
    const size = shape[name];
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`${kernel}: ${name} must be a whole number from 1 up, got ${size}`);
    }
  }
}

function checkEpsilon(kernel: string, epsilon: number): void {
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new RangeError(`${kernel}: epsilon must be a positive number such as 1e-5, got ${epsilon}`);
  }
}

function checkSeveralRows(kernel: string, shape: ActivationShape, mend: string): void {
  if (rowCount(shape) === 1) {
    throw new RangeError(
      `${kernel}: N*H*W is 1, and one value per channel has no variance to train with: ` +
        `take a larger batch or image, or ${mend}`,
    );
  }
}

/**
 * As PyTorch's train mode, refuses one value per channel: its unbiased variance does not exist.
 * @throws RangeError naming the argument and the mend
 */
export function checkStatistics(shape: BatchnormStatisticsShape): void {
  const kernel = "batchnorm-statistics";
  checkSizes(kernel, shape);
  if (!(shape.momentum >= 0 && shape.momentum <= 1)) {
    throw new RangeError(`${kernel}: momentum must lie between 0 and 1, got ${shape.momentum}`);
  }
  checkSeveralRows(kernel, shape, "normalise with the running statistics (eval mode)");
}

/** @throws RangeError naming the argument and the mend */
export function checkApply(shape: BatchnormApplyShape): void {
  checkSizes("batchnorm-apply", shape);
  checkEpsilon("batchnorm-apply", shape.epsilon);
}

/** @throws RangeError naming the argument and the mend */
export function checkBackward(shape: BatchnormBackwardShape): void {
  const kernel = "batchnorm-backward";
  checkSizes(kernel, shape);
  checkEpsilon(kernel, shape.epsilon);
  if (!shape.frozen) checkSeveralRows(kernel, shape, "set frozen where the statistics are constants");
}
