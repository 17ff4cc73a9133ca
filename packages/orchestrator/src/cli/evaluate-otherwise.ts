import { UsageError, withOverrides, type Overrides } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { meanText } from "../report/percent.ts";
import { titleOf } from "../report/tables.ts";
import { otherEvaluation, type OtherEvaluation } from "../run/other-evaluations.ts";
import type { EvaluationRecord, ModelName } from "../run/records.ts";
import { accuraciesOf, type Models } from "../stages/evaluate-models.ts";
import { taskImages } from "../stages/tasks.ts";
import { settingsOf } from "../study/changed-settings.ts";
import type { OpenSession } from "./open-session.ts";
import { textTable } from "./text-table.ts";

/** The settings that differ from the run's, by their dotted keys in order. @throws UsageError where none does */
function changed(before: Config, now: Config): Record<string, unknown> {
  const old = new Map(settingsOf(before));
  const differing = settingsOf(now)
    .filter(([key, text]) => old.get(key) !== text)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (differing.length > 0)
    return Object.fromEntries(differing.map(([key, text]) => [key, JSON.parse(text) as unknown]));
  throw new UsageError("--set: these are the run's own settings: leave it out, or give others");
}

function printed(records: readonly OtherEvaluation[], json: boolean | undefined): string {
  if (json) return JSON.stringify(records, null, 2);
  const rows = records.map(({ model, task, mean, deviation, accuracies, images }) => [
    titleOf(model),
    task,
    meanText(mean, deviation, accuracies.length),
    String(accuracies.length),
    String(images),
  ]);
  return textTable([["model", "task", "test accuracy", "evaluations", "images"], ...rows]).join("\n");
}

/** Evaluates a run's models under other settings, keeps what comes out beside the run's own results, and prints it. */
export async function evaluateOtherwise(
  { session, data }: OpenSession,
  models: Models,
  set: readonly Overrides[],
  {
    task = "target",
    json,
  }: { readonly task?: EvaluationRecord["task"] | "both" | undefined; readonly json: boolean | undefined },
): Promise<void> {
  const { run } = session;
  const config = withOverrides(session.config, set, "the run's settings with your changes");
  const settings = changed(session.config, config);
  const records: OtherEvaluation[] = [];
  for (const one of task === "both" ? (["target", "robustness"] as const) : [task]) {
    const { test, view } = taskImages(config, data, one);
    for (const [name, model] of Object.entries(models)) {
      const about = { model: name as ModelName, task: one, settings };
      const record = await otherEvaluation(run, about, () =>
        accuraciesOf({ ...session, config }, model, test, view, `${name}, ${one}`),
      );
      records.push(record);
    }
  }
  console.log(printed(records, json));
}
