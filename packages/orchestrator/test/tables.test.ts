import { expect, it } from "vitest";
import { published } from "../src/report/published.ts";
import { tablesMarkdown, tablesOf } from "../src/report/tables.ts";
import { presets } from "../src/config/presets.ts";
import { reportedModels } from "../src/methods/models-of.ts";
import { evaluationRecord, resultsRecord } from "./records.ts";

const models = reportedModels(presets["paper-text"]!);

it("holds the paper's own tables 2 and 3", () => {
  expect(published).toEqual({
    target: {
      teacher: { validation: 0.688, test: 0.64 },
      student: { validation: 0.813, test: 0.784 },
      "noisy-student": { test: 0.77 },
    },
    robustness: {
      teacher: { test: 0.52 },
      student: { test: 0.632 },
      "noisy-student": { validation: 0.721, test: 0.66 },
    },
  });
});

it("prints both tables beside the paper's, with N/A where the paper has none", () => {
  expect(tablesMarkdown(resultsRecord, models)).toBe(`**Table 2: accuracy on the target task**

| Model         | Val. accuracy | Test accuracy | Paper: val. | Paper: test |
| ------------- | ------------- | ------------- | ----------- | ----------- |
| Teacher       | 41.0 %        | 40.0 % ± 1.2  | 68.8 %      | 64.0 %      |
| Student       | 52.0 %        | 50.0 % ± 1.2  | 81.3 %      | 78.4 %      |
| Noisy Student | N/A           | 45.0 % ± 1.2  | N/A         | 77.0 %      |

**Table 3: accuracy on the robustness task (RandAugmented images)**

| Model         | Val. accuracy | Test accuracy | Paper: val. | Paper: test |
| ------------- | ------------- | ------------- | ----------- | ----------- |
| Teacher       | N/A           | 30.0 % ± 1.2  | N/A         | 52.0 %      |
| Student       | N/A           | 35.0 % ± 1.2  | N/A         | 63.2 %      |
| Noisy Student | 43.0 %        | 42.0 % ± 1.2  | 72.1 %      | 66.0 %      |
`);
});

it("gives the numbers behind them, with null for what there is not", () => {
  const [target, robustness] = tablesOf(resultsRecord, models);
  expect(target!.rows[0]).toEqual({
    model: "teacher",
    validation: 0.41,
    test: 0.4,
    testDeviation: 0.012,
    evaluations: 2,
    images: 128,
    paperValidation: 0.688,
    paperTest: 0.64,
  });
  expect(
    robustness!.rows.map(({ model, validation, paperValidation }) => [model, validation, paperValidation]),
  ).toEqual([
    ["teacher", null, null],
    ["student", null, null],
    ["noisy-student", 0.43, 0.721],
  ]);
});

it("shows what is measured so far and N/A for the rest", () => {
  const { evaluations, bestValidation } = resultsRecord;
  const soFar = { evaluations: evaluations.slice(0, 1), bestValidation: { teacher: bestValidation.teacher! } };
  const lines = tablesMarkdown(soFar, models)
    .split("\n")
    .filter((line) => line.includes("eacher") || line.includes("tudent"));
  expect(lines).toEqual([
    "| Teacher       | 41.0 %        | 40.0 % ± 1.2  | 68.8 %      | 64.0 %      |",
    "| Student       | N/A           | N/A           | 81.3 %      | 78.4 %      |",
    "| Noisy Student | N/A           | N/A           | N/A         | 77.0 %      |",
    "| Teacher       | N/A           | N/A           | N/A         | 52.0 %      |",
    "| Student       | N/A           | N/A           | N/A         | 63.2 %      |",
    "| Noisy Student | N/A           | N/A           | 72.1 %      | 66.0 %      |",
  ]);
});

it("leaves the labelling teacher out: the paper does not report it", () => {
  const extra = {
    ...resultsRecord,
    bestValidation: { ...resultsRecord.bestValidation, "labelling-teacher": { accuracy: 0.99, epoch: 1 } },
  };
  expect(tablesOf(extra, models)).toEqual(tablesOf(resultsRecord, models));
});

it("has a row for every generation, and for a yardstick alone", () => {
  const iterated = reportedModels({ ...presets["paper-text"]!, generations: { networks: [], count: 3 } });
  const evaluations = [...resultsRecord.evaluations, evaluationRecord("noisy-student-3", "target", 0.6)];
  const markdown = tablesMarkdown({ ...resultsRecord, evaluations }, iterated);
  expect(markdown).toContain(
    "| Noisy Student, generation 2 | N/A           | N/A           | N/A         | N/A         |",
  );
  expect(markdown).toContain(
    "| Noisy Student, generation 3 | N/A           | 60.0 % ± 1.2  | N/A         | N/A         |",
  );
  const yardstick = reportedModels({ ...presets["paper-text"]!, method: "supervised-noise" });
  expect(tablesOf(resultsRecord, yardstick)[0]!.rows.map(({ model }) => model)).toEqual(["supervised-noise"]);
});
