import { join } from "node:path";
import type { Choices, Gpu } from "@fledge/runtime";
import { doneOf } from "../cost/done.ts";
import { measureRun, nothingMeasured } from "../cost/measured-cost.ts";
import { deviceFor, plannerOf, type Planner } from "../cost/programs.ts";
import { flopsIn, runCost } from "../cost/run-cost.ts";
import { summaryOf, type Amount, type CostSummary } from "../cost/summary.ts";
import { nothingDone, type Scope } from "../cost/work.ts";
import { modelsOf } from "../methods/models-of.ts";
import { familyOf } from "../stages/batches.ts";
import type { PaperData } from "../stages/paper-data.ts";
import { RunDirectory } from "../run/run-directory.ts";
import type { Config } from "../config/schema.ts";
import type { OpenStudy } from "./open-study.ts";

type Node = OpenStudy["nodes"][number];

/** What a node of a study costs. */
export interface NodeCost {
  readonly id: string;
  readonly needs: readonly string[];
  readonly cost: CostSummary;
}

/** What a study costs, its nodes one after another. */
export interface StudyCost {
  readonly nodes: readonly NodeCost[];
  readonly steps: Amount;
  readonly flops: Amount;
  /** Of the device, at the peak of the node that takes most. */
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly secondsLeft: number | null;
  /** How many distinct programs were measured. */
  readonly measuredPrograms: number;
}

export interface StudyCosting {
  /** Null: nothing is measured, and programs are counted as those of any adapter. */
  readonly gpu: Gpu | null;
  readonly choicesFor: (config: Config, classes: number) => Promise<Choices>;
  /** @throws UsageError, DataError where the images are not there, or do not fit */
  readonly dataOf: (config: Config) => PaperData;
  /** Is told how far it has come. */
  readonly onNode: (done: number, of: number) => void;
}

/** What a node does of a run: a teacher's no records, and a run nothing that its teacher has. */
function scopeOf({ kind, needs, facts: { config } }: Node): Scope {
  const models = modelsOf(config);
  if (kind === "teacher") return { models: models.filter((model) => familyOf(model) === "teachers"), records: false };
  return { models: models.filter((model) => needs.length === 0 || familyOf(model) === "students"), records: true };
}

/** The settings that decide programs and their count: configurations that differ in seeds alone share them. */
function withoutSeeds(config: Config): string {
  const isSeed = (key: string): boolean => key === "seed" || key.endsWith("Seed");
  return JSON.stringify(config, (key, value: unknown) => (isSeed(key) ? undefined : value));
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Counts every node of a study, and times each distinct program of what is left once. @throws as `dataOf` does */
export async function studyCost({ nodes, folder }: OpenStudy, costing: StudyCosting): Promise<StudyCost> {
  const { gpu, choicesFor, dataOf, onNode } = costing;
  const known = nothingMeasured();
  const planners = new Map<string, { readonly plan: Planner; readonly choices: Choices }>();
  const plannerFor = async (config: Config, classes: number) => {
    const key = withoutSeeds(config);
    let planner = planners.get(key);
    if (!planner) {
      const choices = await choicesFor(config, classes);
      planner = {
        choices,
        plan: plannerOf(deviceFor(gpu, config), config, classes, choices),
      };
      planners.set(key, planner);
    }
    return planner;
  };
  const costs: NodeCost[] = [];
  for (const node of nodes) {
    onNode(costs.length, nodes.length);
    const { config } = node.facts;
    const data = dataOf(config);
    const { plan, choices } = await plannerFor(config, data.labelled.classes.length);
    const begun = await RunDirectory.open(join(folder, node.id)).catch(() => undefined);
    const done = begun ? await doneOf(begun) : nothingDone;
    const given = { gpu: deviceFor(gpu, config), config, data, choices, done, plan };
    const cost = runCost({ ...given, scope: scopeOf(node) });
    const measures = gpu !== null && flopsIn(cost.left) > 0;
    const measured = measures ? await measureRun(cost, { gpu, config, data, choices, known }) : undefined;
    costs.push({ id: node.id, needs: node.needs, cost: summaryOf(cost, measured) });
  }
  const all = costs.map(({ cost }) => cost);
  const amount = (of: (cost: CostSummary) => Amount): Amount => ({
    whole: sum(all.map((cost) => of(cost).whole)),
    left: sum(all.map((cost) => of(cost).left)),
  });
  return {
    nodes: costs,
    steps: amount(({ steps }) => steps),
    flops: amount(({ flops }) => flops),
    memoryBytes: Math.max(...all.map(({ memoryBytes }) => memoryBytes)),
    diskBytes: sum(all.map(({ diskBytes }) => diskBytes)),
    secondsLeft: gpu === null ? null : sum(all.map(({ secondsLeft }) => secondsLeft ?? 0)),
    measuredPrograms: known.programs.size,
  };
}
