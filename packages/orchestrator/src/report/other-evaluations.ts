import type { OtherEvaluation } from "../run/other-evaluations.ts";
import { meanText } from "./percent.ts";
import { titleOf } from "./tables.ts";
import { htmlTable } from "./text-table.ts";

const columns = ["Settings", "Model", "Task", "Test accuracy", "Evaluations"] as const;

/** What the models gave under other settings than the run's, as HTML; empty where they were never asked. */
export function otherEvaluationsHtml(records: readonly OtherEvaluation[]): string {
  if (records.length === 0) return "";
  const rows = records.map(({ settings, model, task, mean, deviation, accuracies }) => [
    Object.entries(settings)
      .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
      .join(", "),
    titleOf(model),
    task,
    meanText(mean, deviation, accuracies.length),
    String(accuracies.length),
  ]);
  return `<h2>Evaluated under other settings</h2>
${htmlTable([...columns], rows)}
<p class="note">The same models on the same test images; tables 2 and 3 are of the run's own settings.</p>
`;
}
