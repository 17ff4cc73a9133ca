import { cosineLr, type CosineLrOptions } from "./cosine-lr.ts";
import { stepLr, type StepLrOptions } from "./step-lr.ts";

interface CosineSchedule extends Pick<CosineLrOptions, "final" | "warmupStart" | "rule"> {
  readonly kind: "cosine";
  /** The peak: learning rate at the end of the warm-up. */
  readonly initial: number;
  readonly warmupEpochs: number;
  /** How often the rate is set anew. */
  readonly per: "epoch" | "step";
}

/** How the learning rate goes through a training, over all its phases. StepLR where no kind is named. */
export type Schedule = ({ readonly kind?: "step" } & StepLrOptions) | CosineSchedule;

/** The learning rate of a step of an epoch, both counted from 0, the step within its epoch. */
export type RateAt = (epoch: number, step: number) => number;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * @param stepsOfEpochs how many steps each epoch of the training has
 * @throws RangeError naming the argument and the mend
 */
export function rateAt(schedule: Schedule, stepsOfEpochs: readonly number[]): RateAt {
  if (schedule.kind !== "cosine") {
    const rate = stepLr(schedule);
    return (epoch) => rate(epoch);
  }
  const { initial: peak, final, warmupStart, rule, warmupEpochs, per } = schedule;
  const shape = { peak, final, warmupStart, rule };
  if (per === "epoch") {
    const rate = cosineLr({ ...shape, warmup: warmupEpochs, total: stepsOfEpochs.length });
    return (epoch) => rate(epoch);
  }
  const before = (epoch: number): number => sum(stepsOfEpochs.slice(0, epoch));
  const rate = cosineLr({ ...shape, warmup: before(warmupEpochs), total: sum(stepsOfEpochs) });
  return (epoch, step) => rate(before(epoch) + step);
}
