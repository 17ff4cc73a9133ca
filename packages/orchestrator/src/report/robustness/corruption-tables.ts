import {
  benchmarkCorruptions,
  extraCorruptions,
  isNoiseSequence,
  perturbationKinds,
  severities,
  type CorruptionKind,
} from "@fledge/corruptions";
import { mce } from "@fledge/training";
import { benchmarkErrors, corruptionErrors } from "../../robustness/corruptions.ts";
import type { Measured } from "../../robustness/family.ts";
import { measuredOf, type RobustnessFile } from "../../robustness/records.ts";
import { modelTitle } from "./measured-models.ts";
import { percent } from "../percent.ts";
import type { TextTable } from "../text-table.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const words = (kind: string): string => kind.replaceAll("_", " ");
/** A ratio to a reference that makes no error, or is not measured, says nothing. */
const finite = (value: number): string => percent(Number.isFinite(value) ? value : null);
const ratio = (value: number, reference: number): string => finite(value / reference);

const isMeasured = ([, ...cells]: readonly string[]): boolean => cells.some((cell) => cell !== percent(null));

/** Rows of what was measured, and a sentence where that is not all. */
function measuredRows(rows: readonly string[][]): { readonly rows: readonly string[][]; readonly left: string } {
  const found = rows.filter(isMeasured);
  return { rows: found, left: found.length < rows.length ? " What was not measured has no row." : "" };
}

/** The benchmark's mean error by severity, and over all. */
function meansOf(measured: Measured): string[] {
  const errors = benchmarkErrors(measured);
  const means = severities.map((_, i) => (errors ? sum(errors.map((row) => row[i]!)) / errors.length : null));
  return [...means, errors ? sum(errors.flat()) / errors.flat().length : null].map(percent);
}

const modelsOf = ({ records }: RobustnessFile, family: string): string[] => [
  ...new Set(records.filter((record) => record.family === family).map(({ model }) => model)),
];

/** For each model that corruptions were measured of: its error by corruption and severity, beside the reference's. */
function corruptionTables(file: RobustnessFile): TextTable[] {
  const { records, reference } = file;
  const baseline = measuredOf(records, reference, "corruptions");
  const baselineErrors = benchmarkErrors(baseline);
  return modelsOf(file, "corruptions").map((model) => {
    const measured = measuredOf(records, model, "corruptions");
    const row = (kind: CorruptionKind): string[] => {
      const errors = severities.map((severity) => {
        const accuracy = measured.get(`${kind}/${severity}`)?.values["accuracy"];
        return percent(accuracy === undefined ? null : 1 - accuracy);
      });
      const own = corruptionErrors(measured, kind);
      const other = corruptionErrors(baseline, kind);
      const extra = (extraCorruptions as readonly string[]).includes(kind) ? " (extra)" : "";
      return [
        `${words(kind)}${extra}`,
        ...errors,
        percent(own ? sum(own) / own.length : null),
        own && other ? ratio(sum(own), sum(other)) : percent(null),
      ];
    };
    const errors = benchmarkErrors(measured);
    const ofModel = records.filter((record) => record.model === model && record.family === "corruptions");
    const taken = [...new Set(ofModel.map(({ images }) => images))].join(" to ");
    const clean = measured.get("none")?.values["accuracy"];
    const { rows, left } = measuredRows([
      ...benchmarkCorruptions.map(row),
      [
        "mean of the 15",
        ...meansOf(measured),
        errors && baselineErrors ? finite(mce({ errors, baseline: baselineErrors }).mce) : percent(null),
      ],
      ...extraCorruptions.map(row),
    ]);
    return {
      title: `Errors on corrupted images: ${modelTitle(model)}`,
      columns: ["Corruption", ...severities.map((severity) => `severity ${severity}`), "mean", "CE"],
      rows,
      note:
        `Shares of ${taken} test images; clean images: ${percent(clean === undefined ? null : 1 - clean)}. ` +
        `CE is the sum of the errors divided by that of ${modelTitle(reference)}, and mCE, in the mean's line, the mean of CE. The extra corruptions count in no mean. ` +
        "Frost is drawn, not photographed: its errors do not stand beside ImageNet-C's." +
        left,
    };
  });
}

/** How often each model's predictions flip along each kind of sequence; none where no model was measured. */
function flipTables(file: RobustnessFile): TextTable[] {
  const models = modelsOf(file, "perturbations");
  if (models.length === 0) return [];
  const flipsOf = (model: string, kind: string): number =>
    measuredOf(file.records, model, "perturbations").get(kind)?.values["flipProbability"] ?? NaN;
  const cell = (model: string, kind: string): string => {
    const own = flipsOf(model, kind);
    return Number.isNaN(own) ? percent(null) : `${percent(own)} (${ratio(own, flipsOf(file.reference, kind))})`;
  };
  const counts = file.records.filter(({ family }) => family === "perturbations").map(({ images }) => images);
  const { rows, left } = measuredRows(
    perturbationKinds.map((kind) => [
      `${words(kind)}${isNoiseSequence(kind) ? " (against the clean frame)" : ""}`,
      ...models.map((model) => cell(model, kind)),
    ]),
  );
  return [
    {
      title: "Flips along sequences of perturbed images",
      columns: ["Sequence", ...models.map(modelTitle)],
      rows,
      note:
        `Share of frames of ${Math.max(...counts)} images whose prediction differs from the frame's before, ` +
        `or from the clean image's; in brackets, as a share of ${modelTitle(file.reference)}'s.${left}`,
    },
  ];
}

/** By family: tables of the report beside table 4. */
export const furtherTables: Readonly<Record<string, (file: RobustnessFile) => readonly TextTable[]>> = {
  corruptions: corruptionTables,
  perturbations: flipTables,
};
