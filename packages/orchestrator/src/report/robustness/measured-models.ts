import type { Family, Measured } from "../../robustness/family.ts";
import { measuredOf, type RobustnessFile } from "../../robustness/records.ts";
import { isModelName } from "../../run/records.ts";
import { titleOf } from "../tables.ts";

/** The models that anything was measured of, in the order of their first measurement. */
export const measuredModels = ({ records }: RobustnessFile): string[] => [
  ...new Set(records.map(({ model }) => model)),
];

/** A model's name for a reader; a file of weights is called by its name. */
export const modelTitle = (model: string): string => (isModelName(model) ? titleOf(model) : model);

/** What was measured of each model in a family; models of which nothing was are left out. */
export function byModel(file: RobustnessFile, family: Family): ReadonlyMap<string, Measured> {
  const all = measuredModels(file).map((model) => [model, measuredOf(file.records, model, family.name)] as const);
  return new Map(all.filter(([, measured]) => measured.size > 0));
}
