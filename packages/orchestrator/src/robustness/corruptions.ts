import { benchmarkCorruptions, extraCorruptions, severities, type CorruptionKind } from "@fledge/corruptions";
import { mce } from "@fledge/training";
import type { Config } from "../config/schema.ts";
import { cleanView } from "../stages/views.ts";
import { meanOf, type Case, type Family, type Headline, type Measured } from "./family.ts";

const uncorrupted = "none";
/** Of it the report shows an image for each corruption. */
const shownSeverity = 3;
const nameOf = (kind: CorruptionKind, severity: number): string => `${kind}/${severity}`;

/** The error, a share of 1, of a corruption at each severity; undefined where one is not measured. */
export function corruptionErrors(measured: Measured | undefined, kind: CorruptionKind): number[] | undefined {
  const accuracies = severities.map((severity) => measured?.get(nameOf(kind, severity))?.values["accuracy"]);
  if (accuracies.includes(undefined)) return undefined;
  return (accuracies as number[]).map((accuracy) => 1 - accuracy);
}

/** Errors of all corruptions of the benchmark; undefined where one is not measured. */
export function benchmarkErrors(measured: Measured | undefined): number[][] | undefined {
  const errors = benchmarkCorruptions.map((kind) => corruptionErrors(measured, kind));
  return errors.includes(undefined) ? undefined : (errors as number[][]);
}

const cleanError = (measured: Measured | undefined): number | undefined => {
  const accuracy = measured?.get(uncorrupted)?.values["accuracy"];
  return accuracy === undefined ? undefined : 1 - accuracy;
};

/** Ratios to a reference that makes no error say nothing. */
const finite = (name: string, value: number | undefined): Headline[] =>
  value === undefined || !Number.isFinite(value) ? [] : [{ name, value, unit: "share" }];

/**
 * CUB-C: ImageNet-C's 15 corruptions of the test images at five severities, and the four that it holds back, which
 * count in no mean. mCE and its relative form are held against the reference model, for AlexNet's errors mean nothing
 * off ImageNet.
 */
export function corruptions(config: Config): Family {
  const view = cleanView(config);
  const { savedAsJpeg } = config.robustness.corruptions;
  const corrupted = (kind: CorruptionKind): Case[] =>
    severities.map((severity) => ({
      name: nameOf(kind, severity),
      series: kind,
      at: severity,
      view: { ...view, corruption: { kind, severity, savedAsJpeg } },
      ...(severity === shownSeverity ? { pictures: 1 } : {}),
    }));
  return {
    name: "corruptions",
    title: "Common corruptions (ImageNet-C's, on these images)",
    axis: "severity",
    cases: [
      { name: uncorrupted, series: uncorrupted, at: null, view },
      ...[...benchmarkCorruptions, ...extraCorruptions].flatMap(corrupted),
    ],
    headlines(measured, reference) {
      const errors = benchmarkErrors(measured);
      if (!errors) return [];
      const names = benchmarkCorruptions.flatMap((kind) => severities.map((severity) => nameOf(kind, severity)));
      const error = 1 - meanOf(measured, names, "accuracy")!;
      const baseline = benchmarkErrors(reference);
      const [own, others] = [cleanError(measured), cleanError(reference)];
      const clean = own === undefined || others === undefined ? {} : { clean: { error: own, baseline: others } };
      const against = baseline && mce({ errors, baseline, ...clean });
      return [
        { name: "mean error", value: error, unit: "share" },
        ...finite("mCE", against?.mce),
        ...finite("relative mCE", against?.relative?.mce),
      ];
    },
  };
}
