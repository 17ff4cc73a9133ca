import type { RobustnessFile } from "../../robustness/records.ts";
import { csvCell } from "../csv-cell.ts";

const lines = (rows: readonly (readonly (string | number)[])[]): string =>
  rows.map((row) => `${row.map((cell) => csvCell(String(cell))).join(",")}\n`).join("");

/** Every number of every case: a row each. */
export const casesCsv = ({ records }: RobustnessFile): string =>
  lines([
    ["model", "family", "case", "images", "measure", "value"],
    ...records.flatMap(({ model, family, case: name, images, values }) =>
      Object.entries(values).map(([measure, value]) => [model, family, name, images, measure, value]),
    ),
  ]);

/** The accuracy of each class, where it was measured. */
export const classesCsv = ({ records, classes }: RobustnessFile): string =>
  lines([
    ["model", "class", "images", "accuracy"],
    ...records.flatMap(({ model, lists }) => {
      const { perClassAccuracy = [], support = [] } = lists ?? {};
      return perClassAccuracy.map((accuracy, label) => [model, classes[label] ?? label, support[label]!, accuracy]);
    }),
  ]);
