import { markdownTable } from "markdown-table";
import { generationOf, type EvaluationRecord, type ModelName, type ResultsRecord } from "../run/records.ts";
import { meanText, percent } from "./percent.ts";
import { published } from "./published.ts";

type Task = EvaluationRecord["task"];

/** One model's line of table 2 or 3; accuracies are shares of 1, null where the paper leaves the cell empty or nothing was measured. */
export interface TableRow {
  readonly model: ModelName;
  readonly validation: number | null;
  readonly test: number | null;
  readonly testDeviation: number | null;
  readonly evaluations: number;
  readonly images: number;
  readonly paperValidation: number | null;
  readonly paperTest: number | null;
}

export interface Table {
  readonly title: string;
  readonly task: Task;
  readonly rows: readonly TableRow[];
}

const titles: Readonly<Record<Task, string>> = {
  target: "Table 2: accuracy on the target task",
  robustness: "Table 3: accuracy on the robustness task (RandAugmented images)",
};

const titlesOf: Readonly<Partial<Record<ModelName, string>>> = {
  teacher: "Teacher",
  student: "Student",
  "noisy-student": "Noisy Student",
  "supervised-noise": "Supervised + noise",
  fixmatch: "FixMatch",
};

/** What a model is called: as the paper calls it, and later generations by their number. */
export const titleOf = (model: ModelName): string =>
  titlesOf[model] ?? `Noisy Student, generation ${generationOf(model)}`;

/** Models with noise are validated on RandAugmented images, so their best validation accuracy belongs to table 3. */
const validatedOn = (model: ModelName): Task =>
  generationOf(model) !== undefined || model === "supervised-noise" ? "robustness" : "target";

/** Tables 2 and 3 of a run beside the paper's, a row for each model. */
export function tablesOf(results: ResultsRecord, models: readonly ModelName[]): Table[] {
  return (["target", "robustness"] as const).map((task) => ({
    title: titles[task],
    task,
    rows: models.map((model): TableRow => {
      const record = results.evaluations.find((evaluation) => evaluation.model === model && evaluation.task === task);
      const paper = published[task][model];
      return {
        model,
        validation: validatedOn(model) === task ? (results.bestValidation[model]?.accuracy ?? null) : null,
        test: record?.mean ?? null,
        testDeviation: record?.deviation ?? null,
        evaluations: record?.accuracies.length ?? 0,
        images: record?.images ?? 0,
        paperValidation: paper?.validation ?? null,
        paperTest: paper?.test ?? null,
      };
    }),
  }));
}

/** The cells of a row as text, in the order of `columns`. */
export function cells(row: TableRow): string[] {
  const test = meanText(row.test, row.testDeviation, row.evaluations);
  return [titleOf(row.model), percent(row.validation), test, percent(row.paperValidation), percent(row.paperTest)];
}

export const columns = ["Model", "Val. accuracy", "Test accuracy", "Paper: val.", "Paper: test"] as const;

function tableMarkdown(table: Table): string {
  return `**${table.title}**\n\n${markdownTable([[...columns], ...table.rows.map(cells)])}`;
}

/** Both tables as Markdown. The paper's columns are of other data, and say so. */
export function tablesMarkdown(results: ResultsRecord, models: readonly ModelName[]): string {
  return `${tablesOf(results, models).map(tableMarkdown).join("\n\n")}\n`;
}
