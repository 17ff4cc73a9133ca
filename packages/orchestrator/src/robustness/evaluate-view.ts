import type { View } from "@fledge/data";
import { evaluate } from "@fledge/training";
import { evaluationSettings } from "../stages/evaluation-settings.ts";
import type { Measuring } from "./family.ts";

/** The images that are looked at through the model as a view shows them; what is random about it is drawn by `robustness.seed`. */
export function evaluateView({ session, subject, dataset }: Measuring, view: View): ReturnType<typeof evaluate> {
  return evaluate(subject.model, {
    ...evaluationSettings(session),
    dataset,
    view,
    repeat: 0,
    seed: session.config.robustness.seed,
  });
}
