import type { Family } from "../../robustness/family.ts";
import type { RobustnessFile, RobustnessRecord } from "../../robustness/records.ts";
import { breakable, escapeHtml } from "../escape-html.ts";
import { wide } from "../wide.ts";
import { measuredModels, modelTitle } from "./measured-models.ts";

type Shown = NonNullable<RobustnessRecord["shown"]>[number];

/** A picture of the run by its file, as a data address; null where it is not there. */
export type PictureOf = (file: string) => Promise<string | null>;

async function cell(file: string | undefined, text: string, wrong: boolean, pictureOf: PictureOf): Promise<string> {
  const address = file === undefined ? null : await pictureOf(file);
  const image = address === null ? "" : `<img alt="${escapeHtml(text)}" src="${address}">`;
  return `<td>${image}<span${wrong ? ' class="wrong"' : ""}>${breakable(text)}</span></td>`;
}

const row = async (cells: readonly Promise<string>[]): Promise<string> =>
  `<tr>${(await Promise.all(cells)).join("")}</tr>`;

const table = (title: string, rows: readonly string[], caption: string): string =>
  `<h3>${escapeHtml(title)}</h3>\n${wide(`<table class="pictures">${rows.join("\n")}</table>`)}\n<p class="note">${escapeHtml(caption)}</p>`;

/** For each image the picture that the smallest epsilon fooled the model with. */
function firstFound(
  records: readonly RobustnessRecord[],
  series: string,
  epsilons: readonly number[],
): Map<string, Shown & { epsilon: number }> {
  const found = new Map<string, Shown & { epsilon: number }>();
  for (const epsilon of epsilons) {
    const record = records.find((one) => one.case === `${series}/${epsilon}`);
    for (const shown of record?.shown ?? []) if (!found.has(shown.image)) found.set(shown.image, { ...shown, epsilon });
  }
  return found;
}

/** What an attack made of images, for each model: the images, the points and the differences; the last attack that fooled it. */
async function attackedTables(file: RobustnessFile, family: Family, pictureOf: PictureOf): Promise<string[]> {
  const series = [...new Set(family.cases.map((one) => one.series))];
  const epsilons = [...new Set(family.cases.flatMap(({ at }) => (at === null ? [] : [at])))].sort((a, b) => a - b);
  const tables: string[] = [];
  for (const model of measuredModels(file)) {
    const attacked = file.records.filter((record) => record.model === model && record.family === family.name);
    // An attack with gradients rather than the one that only asks, whose squares anyone would see.
    const attack = series.findLast((name) => name !== "square" && firstFound(attacked, name, epsilons).size > 0);
    if (attack === undefined) continue;
    const found = [...firstFound(attacked, attack, epsilons).values()];
    const rows = [
      await row(found.map(({ original, label }) => cell(original, label, false, pictureOf))),
      await row(
        found.map(({ file: at, taken, epsilon }) => cell(at, `taken for ${taken} at ${epsilon}/255`, true, pictureOf)),
      ),
      await row(found.map(({ difference }) => cell(difference, "", false, pictureOf))),
    ];
    tables.push(
      table(
        `${modelTitle(model)} under ${attack}`,
        rows,
        "Above images that the model gets right, in the middle what the smallest epsilon that fooled it made of them, " +
          "below the difference: grey is none, black and white are epsilon. Images that hold out are not shown.",
      ),
    );
  }
  return tables;
}

const perRow = 6;

/** Images as views show them, case after case, with what every model takes them for. */
async function viewTables(file: RobustnessFile, family: Family, pictureOf: PictureOf): Promise<string[]> {
  const models = measuredModels(file);
  const cells: string[] = [];
  for (const { name } of family.cases) {
    const records = file.records.filter((record) => record.family === family.name && record.case === name);
    const first = records.find((record) => record.shown !== undefined);
    for (const { file: at, image, label } of first?.shown ?? []) {
      const taken = models.flatMap((model) => {
        const own = records.find((record) => record.model === model)?.shown?.find((shown) => shown.image === image);
        return own ? [`${modelTitle(model)}: ${own.taken}`] : [];
      });
      cells.push(await cell(at, `${name}: ${label}. ${taken.join("; ")}`, false, pictureOf));
    }
  }
  if (cells.length === 0) return [];
  const rows = Array.from({ length: Math.ceil(cells.length / perRow) }, (_, i) => {
    return `<tr>${cells.slice(i * perRow, (i + 1) * perRow).join("")}</tr>`;
  });
  return [table(`Images: ${family.title}`, rows, "The image's own class, and what each model takes it for.")];
}

/** The pictures that a family's cases kept, as HTML. */
export async function pictureTables(file: RobustnessFile, family: Family, pictureOf: PictureOf): Promise<string[]> {
  const kept = file.records.filter((record) => record.family === family.name && record.shown !== undefined);
  if (kept.length === 0 || family.name === "clean") return [];
  return kept.some(({ shown }) => shown!.some(({ difference }) => difference !== undefined))
    ? attackedTables(file, family, pictureOf)
    : viewTables(file, family, pictureOf);
}
