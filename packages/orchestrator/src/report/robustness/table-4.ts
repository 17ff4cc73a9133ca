import type { Family, Headline, Measured } from "../../robustness/family.ts";
import { measuredOf, type RobustnessFile } from "../../robustness/records.ts";
import { percent } from "../percent.ts";
import type { TextTable } from "../text-table.ts";
import { measuredModels, modelTitle } from "./measured-models.ts";

const shown = ({ unit, value }: Headline): string => (unit === "share" ? percent(value) : value.toFixed(3));

/** Half the width of Wilson's 95 % interval at its widest, for one model's accuracy on so many images. */
function halfWidth(images: number): number {
  const z = 1.96;
  return (z * Math.sqrt(0.25 / images + z ** 2 / (4 * images ** 2))) / (1 + z ** 2 / images);
}

/** What a model may be held against: the reference, where that was measured on as many images. */
function referenceOf({ records, reference }: RobustnessFile, { name }: Family, model: string): Measured | undefined {
  const counts = (of: string): string =>
    [...new Set(records.filter((one) => one.model === of && one.family === name).map(({ images }) => images))].join();
  const measured = measuredOf(records, reference, name);
  return measured.size > 0 && counts(reference) === counts(model) ? measured : undefined;
}

/** Table 4: the families' headlines, a line for each and a column for each model; null where there are none. */
export function table4(file: RobustnessFile, families: readonly Family[]): TextTable | null {
  const models = measuredModels(file);
  const rows = families.flatMap((family) => {
    const headlines = models.map((model) =>
      family.headlines(measuredOf(file.records, model, family.name), referenceOf(file, family, model)),
    );
    const names = [...new Set(headlines.flat().map(({ name }) => name))];
    return names.map((name) => [
      `${family.title}: ${name}`,
      ...headlines.map((own) => {
        const found = own.find((headline) => headline.name === name);
        return found ? shown(found) : percent(null);
      }),
    ]);
  });
  if (rows.length === 0) return null;
  const { of } = file.images;
  const counts = [...new Set(file.records.map(({ images }) => images))].sort((a, b) => a - b);
  const spread = counts.map((count) => `${percent(halfWidth(count))} of ${count}`).join(", ");
  return {
    title: "Table 4: robustness by family",
    columns: ["Family", ...models.map(modelTitle)],
    rows,
    note:
      `Of the ${of} test images ${counts.join(" or ")} were looked at, as many as each family takes. A single accuracy has ` +
      `a 95 % interval (Wilson's) of up to plus or minus ${spread} images: smaller differences say nothing by themselves. ` +
      "Images that a model gets wrong without an attack, or under a smaller epsilon of it, count as wrong under that attack.",
  };
}
