import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Comparison, Contender, Outcome, Study, StudyNode } from "@fledge/study";
import { reportedModels } from "../methods/models-of.ts";
import { readRobustness } from "../robustness/records.ts";
import { readPins } from "../run/pins.ts";
import { RunDirectory } from "../run/run-directory.ts";
import { evaluationOf } from "./evaluations.ts";
import type { NodeFacts } from "./node-facts.ts";
import { configOfVariant } from "./path-steps.ts";

type Node = StudyNode & { readonly facts: NodeFacts };

/** What the labelled images hold, by which two runs' test images of the same names are the same; empty where not known. */
async function contentsOf(run: RunDirectory): Promise<string> {
  const pins = await readPins(run);
  const hashes = pins?.labelled.samples.map(({ path, sha256 }) => `${path} ${sha256}`) ?? [];
  return createHash("sha256").update(hashes.join("\n")).digest("hex");
}

/** The mean accuracies on the paper's tasks, with the answers of the first of the seeded evaluations. */
export async function accuracies(run: RunDirectory): Promise<Omit<Outcome, "variant" | "seed">[]> {
  const evaluations = (await run.results())?.evaluations ?? [];
  const contents = await contentsOf(run);
  return evaluations.map(({ model, task, mean, correct, imagesSha256 }) => ({
    model,
    measure: task,
    value: mean,
    ...(correct?.[0] === undefined ? {} : { answers: { correct: correct[0], images: `${imagesSha256} ${contents}` } }),
  }));
}

/** What the study asks for besides, of every reported model that it is measured of. */
async function measurements(
  run: RunDirectory,
  { evaluations }: NodeFacts,
): Promise<Omit<Outcome, "variant" | "seed">[]> {
  const records = evaluations.length === 0 ? [] : ((await readRobustness(run))?.records ?? []);
  return evaluations.flatMap((evaluation) =>
    reportedModels(run.config).flatMap((model) => {
      const value = evaluationOf(run.config, evaluation, model, records);
      return value === undefined ? [] : [{ model, measure: evaluation, value }];
    }),
  );
}

/** Everything that a study's runs hold so far, measure by measure. */
export async function outcomesOf({ evaluations }: Study, nodes: readonly Node[], folder: string): Promise<Outcome[]> {
  const found = nodes
    .filter(({ kind }) => kind === "run")
    .map(async ({ id, facts, run: { variant, seed } }): Promise<Outcome[]> => {
      const outcomes = await RunDirectory.open(join(folder, id))
        .then(async (run) => [...(await accuracies(run)), ...(await measurements(run, facts))])
        .catch(() => []); // Not begun, or damaged: the study's status says so.
      return outcomes.map((outcome) => ({ variant, seed, ...outcome }));
    });
  const all = (await Promise.all(found)).flat();
  return ["target", "robustness", ...evaluations].flatMap((measure) => all.filter((one) => one.measure === measure));
}

/** The model that a variant stands for: the last that its method trains. */
export const contenderOf = (nodes: readonly Node[], variant: string): Contender => ({
  variant,
  model: reportedModels(configOfVariant(nodes, variant)).at(-1)!,
});

/**
 * What a study compares: each variant's last model with the baseline's, and the baseline's models with the one before
 * each, as the paper compares teacher, student and noisy student; and the variants of its path that follow one another.
 */
export function comparisonsOf({ variants, baseline, path = [] }: Study, nodes: readonly Node[]): Comparison[] {
  const models = reportedModels(configOfVariant(nodes, baseline));
  const within = models.slice(1).map((model, index) => ({
    of: { variant: baseline, model },
    than: { variant: baseline, model: models[index]! },
  }));
  const between = (variant: string, other: string): Comparison => ({
    of: contenderOf(nodes, variant),
    than: contenderOf(nodes, other),
  });
  const others = Object.keys(variants).filter((variant) => variant !== baseline);
  const steps = path.slice(1).flatMap((variant, index) => {
    const before = path[index]!;
    return before === baseline || variant === baseline ? [] : [between(variant, before)];
  });
  return [...within, ...others.map((variant) => between(variant, baseline)), ...steps];
}
