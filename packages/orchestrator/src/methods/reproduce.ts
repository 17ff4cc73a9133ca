import type { Config } from "../config/schema.ts";
import type { Models } from "../stages/evaluate-models.ts";
import type { PaperData } from "../stages/paper-data.ts";
import type { Session } from "../stages/session.ts";
import { tasks } from "../stages/tasks.ts";
import { fixMatch } from "./fixmatch.ts";
import { noisyStudentLite } from "./noisy-student-lite.ts";
import { supervisedNoise } from "./supervised-noise.ts";

/** A method trains its models and returns those that are reported; what the run directory holds is not done again. */
type Method = (session: Session, data: PaperData) => Promise<Models>;

const methods: Readonly<Record<Config["method"], Method>> = {
  "noisy-student-lite": noisyStudentLite,
  "supervised-noise": supervisedNoise,
  fixmatch: fixMatch,
};

/** The configured method from end to end, evaluated as section 4 of the paper tells it; the run directory holds the results. */
export async function reproduce(session: Session, data: PaperData): Promise<void> {
  const models = await methods[session.config.method](session, data);
  const evaluate = tasks(session, data);
  await evaluate.target(models);
  await evaluate.robustness(models);
}
