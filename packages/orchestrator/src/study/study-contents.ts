import {
  analyse,
  attribute,
  compareImages,
  curvesOf,
  type Analysis,
  type Attribution,
  type Contender,
  type Curve,
  type ImagesTests,
  type Outcome,
  type Study,
} from "@fledge/study";
import { titleOf } from "../report/tables.ts";
import type { ModelName } from "../run/records.ts";
import type { OpenStudy } from "./open-study.ts";
import { comparisonsOf, contenderOf, outcomesOf } from "./outcomes.ts";
import { pathChanges } from "./path-steps.ts";

/** A node of the study with where it ran. */
export interface RunLine {
  readonly id: string;
  readonly state: string;
  readonly commit: string;
  readonly adapter: string;
}

/** All that a study's page tells. */
export interface StudyContents {
  readonly study: Study;
  /** The file that made it, and its scale. */
  readonly file: string;
  readonly scale: string | undefined;
  readonly outcomes: readonly Outcome[];
  readonly analysis: Analysis;
  /** Of models of one seed on the same images. */
  readonly images: ImagesTests;
  readonly attributions: readonly Attribution[];
  /** The settings that each step of the path changes. */
  readonly changes: readonly (readonly string[])[];
  readonly curves: readonly Curve[];
  readonly runs: readonly RunLine[];
}

/** A variant's model as the tables call it. */
export const named = ({ variant, model }: Contender): string => `${variant}: ${titleOf(model as ModelName)}`;

/** What a study's runs hold so far, analysed. */
export async function contentsOf(open: OpenStudy, runs: readonly RunLine[]): Promise<StudyContents> {
  const { study, nodes, folder, file, scale, places } = open;
  const outcomes = await outcomesOf(study, nodes, folder);
  const comparisons = comparisonsOf(study, nodes);
  const analysis = analyse(outcomes, comparisons);
  const { path } = study;
  return {
    study,
    file,
    scale,
    outcomes,
    analysis,
    images: compareImages(outcomes, comparisons),
    attributions: path
      ? attribute(
          outcomes,
          path.map((variant) => contenderOf(nodes, variant)),
        )
      : [],
    changes: pathChanges(study, nodes),
    curves: places.length === 0 ? [] : curvesOf(analysis.summaries, places),
    runs,
  };
}
