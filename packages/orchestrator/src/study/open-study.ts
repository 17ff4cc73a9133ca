import { join, relative, resolve } from "node:path";
import { readFile } from "node:fs/promises";
import { atScale, expand, readStudy, studyOf, type Place, type Study, type StudyNode } from "@fledge/study";
import { z } from "zod";
import { parseJson } from "../run/read-records.ts";
import { shortNames } from "../config/preset-names.mjs";
import { checkPath } from "./path-steps.ts";
import { placesOf } from "./places.ts";
import { factsOf, type NodeFacts } from "./node-facts.ts";

export interface OpenStudy {
  readonly study: Study;
  readonly file: string;
  readonly scale: string | undefined;
  /** The preset's whole name. */
  readonly preset: string;
  /** Where its runs and its page are kept. */
  readonly folder: string;
  readonly nodes: readonly (StudyNode & { readonly facts: NodeFacts })[];
  /** Where its variants' models stand in its curves; none where the file asks for none. */
  readonly places: readonly Place[];
}

export interface StudyPlace {
  readonly scale?: string;
  readonly study?: string;
}

/** A study as its folder keeps it. @throws UsageError, StudyError where `study.json` is damaged */
export async function keptStudy(folder: string): Promise<OpenStudy> {
  const file = join(folder, "study.json");
  const kept = parseJson(await readFile(file, "utf8"), z.looseObject({ name: z.string() }), file, "restore it");
  // What is told of a study is not kept: it decides no run.
  const study = studyOf({ ...kept, about: kept.name }, file);
  const nodes = expand(study, factsOf(study));
  return { study, file, scale: undefined, preset: study.preset, folder, nodes, places: [] };
}

/** Reads a study at a scale, with the configuration of every run. @throws StudyError, UsageError naming what is at fault */
export async function openStudy(file: string, { scale, study: folder }: StudyPlace): Promise<OpenStudy> {
  const study = atScale(await readStudy(file), scale, file);
  const nodes = expand(study, factsOf(study));
  checkPath(study, nodes, file);
  const places = placesOf(study, nodes, file);
  const name = scale === undefined ? study.name : `${study.name}-${scale}`;
  return {
    study,
    file: relative(process.cwd(), resolve(file)),
    scale,
    preset: shortNames[study.preset] ?? study.preset,
    folder: folder ?? join("studies", name),
    nodes,
    places,
  };
}
