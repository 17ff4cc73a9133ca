import type { AveragePlan, OptimiserSettings } from "@fledge/training";
import type { Config } from "../config/schema.ts";

/** The averaged weights that a run keeps, and who uses them; null where it keeps none. */
export function averageOf({ training: { ema } }: Config): AveragePlan | null {
  const { use, rule, decay } = ema;
  return use === "off" ? null : { use, rule, decay };
}

/** The optimiser of every model of a run. */
export function optimiserSettings(config: Config): OptimiserSettings {
  const { momentum, weightDecay, nesterov, decayNormAndBias, precision } = config.training;
  const lossScale = precision === "f32" ? null : config.training.lossScale;
  return { momentum, weightDecay, nesterov, decayNormAndBias, average: averageOf(config), lossScale };
}
