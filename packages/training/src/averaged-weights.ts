import type { Sgd } from "@fledge/autograd";
import type { Gpu } from "@fledge/runtime";
import type { AveragePlan } from "./optimiser.ts";

/** Who looks at a model's weights: validation, tests and the best checkpoint, or students whose images it labels. */
export type WeightsFor = "evaluated" | "teacher";

type Plan = AveragePlan | null | undefined;

/** Whose weights are kept of a best epoch: one for all, or two where one looks at averages and the other does not. */
export const lookersAt = (plan: Plan): readonly WeightsFor[] =>
  !plan || plan.use === "both" ? ["evaluated"] : ["evaluated", "teacher"];

/**
 * Does something while the network holds the weights that `who` looks at, which may be the averages. Where it throws,
 * the training is over, and the network is left as it is.
 */
export async function showing<T>(
  who: WeightsFor,
  plan: Plan,
  optimiser: Sgd,
  gpu: Gpu,
  does: () => Promise<T>,
): Promise<T> {
  const average = plan?.use === who || plan?.use === "both" ? optimiser.average : undefined;
  await average?.swap(gpu);
  const result = await does();
  await average?.swap(gpu);
  return result;
}
