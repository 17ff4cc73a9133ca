export interface FlipRateOptions {
  /** Whether frames are compared with the first one, as in sequences of noise, which have no order. */
  readonly noise: boolean;
  /** Otherwise how many frames apart two compared ones are; 1 unless given. */
  readonly difficulty?: number;
}

export interface FlipRate {
  /** The share of compared frames whose prediction differs, by sequence. */
  readonly perSequence: Float64Array;
  /** The mean of `perSequence`. */
  readonly flipProbability: number;
}

/**
 * How often a prediction flips along sequences of frames: ImageNet-P's flip probability (Hendrycks and Dietterich, ICLR
 * 2019, section 4.3; ImageNet-P/test.py). `predictions`: class by sequence and frame, row-major.
 * Throws a RangeError unless every sequence has `frames` frames, enough for one comparison.
 */
export function flipRate(predictions: ArrayLike<number>, frames: number, options: FlipRateOptions): FlipRate {
  const { noise, difficulty = 1 } = options;
  const apart = noise ? 1 : difficulty;
  if (!(Number.isInteger(apart) && apart >= 1 && Number.isInteger(frames) && frames > apart)) {
    throw new RangeError(`flipRate: ${frames} frames leave none to compare ${apart} apart`);
  }
  const sequences = predictions.length / frames;
  if (!(Number.isInteger(sequences) && sequences >= 1)) {
    throw new RangeError(`flipRate: ${predictions.length} predictions are no sequences of ${frames} frames`);
  }
  const perSequence = Float64Array.from({ length: sequences }, (_, sequence) => {
    const first = sequence * frames;
    let flips = 0;
    for (let t = apart; t < frames; t += 1) {
      const reference = noise ? first : first + t - apart;
      if (predictions[first + t] !== predictions[reference]) flips += 1;
    }
    return flips / (frames - apart);
  });
  return { perSequence, flipProbability: perSequence.reduce((a, b) => a + b, 0) / sequences };
}
