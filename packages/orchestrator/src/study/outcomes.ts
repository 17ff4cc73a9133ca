import { join } from "node:path";
import type { Comparison, Outcome, Study, StudyNode } from "@fledge/study";
import { reportedModels } from "../methods/models-of.ts";
import { RunDirectory } from "../run/run-directory.ts";
import type { NodeFacts } from "./node-facts.ts";

type Node = StudyNode & { readonly facts: NodeFacts };

/** The mean accuracy of every evaluation that a study's runs hold so far. */
export async function outcomesOf(nodes: readonly Node[], studyFolder: string): Promise<Outcome[]> {
  const found = nodes
    .filter(({ kind }) => kind === "run")
    .map(async ({ id, run: { variant, seed } }): Promise<Outcome[]> => {
      const results = await RunDirectory.open(join(studyFolder, id))
        .then((run) => run.results())
        .catch(() => undefined); // Not begun, or damaged: the study's status says so.
      return (results?.evaluations ?? []).map(({ model, task, mean }) => ({
        variant,
        seed,
        model,
        task,
        accuracy: mean,
      }));
    });
  return (await Promise.all(found)).flat();
}

/** The model that a variant stands for: the last that its method trains. */
const lastModel = (nodes: readonly Node[], variant: string): string => {
  const { facts } = nodes.find((node) => node.kind === "run" && node.run.variant === variant)!;
  return reportedModels(facts.config).at(-1)!;
};

/**
 * What a study compares: each variant's last model with the baseline's, and the baseline's models with the one before
 * each, as the paper compares teacher, student and noisy student.
 */
export function comparisonsOf({ variants, baseline }: Study, nodes: readonly Node[]): Comparison[] {
  const { facts } = nodes.find((node) => node.kind === "run" && node.run.variant === baseline)!;
  const models = reportedModels(facts.config);
  const within = models.slice(1).map((model, index) => ({
    of: { variant: baseline, model },
    than: { variant: baseline, model: models[index]! },
  }));
  const than = { variant: baseline, model: models.at(-1)! };
  const others = Object.keys(variants).filter((variant) => variant !== baseline);
  return [...within, ...others.map((variant) => ({ of: { variant, model: lastModel(nodes, variant) }, than }))];
}
