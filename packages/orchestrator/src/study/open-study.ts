import { join, relative, resolve } from "node:path";
import { atScale, expand, readStudy, type Study, type StudyNode } from "@fledge/study";
import { UsageError } from "../config/resolve.ts";
import { shortNames } from "../config/preset-names.mjs";
import { presets } from "../config/presets.ts";
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
}

export interface StudyPlace {
  readonly scale?: string;
  readonly study?: string;
}

/** Reads a study at a scale, with the configuration of every run. @throws StudyError, UsageError naming what is at fault */
export async function openStudy(file: string, { scale, study: folder }: StudyPlace): Promise<OpenStudy> {
  const study = atScale(await readStudy(file), scale, file);
  const preset = shortNames[study.preset] ?? study.preset;
  if (!(preset in presets))
    throw new UsageError(`${file}: preset: there is no "${study.preset}"; there is ${Object.keys(presets).join(", ")}`);
  const nodes = expand(study, factsOf(preset));
  const name = scale === undefined ? study.name : `${study.name}-${scale}`;
  return {
    study,
    file: relative(process.cwd(), resolve(file)),
    scale,
    preset,
    folder: folder ?? join("studies", name),
    nodes,
  };
}
