import type { Study, StudyNode } from "@fledge/study";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { changedSettings } from "./changed-settings.ts";
import type { NodeFacts } from "./node-facts.ts";

type Node = StudyNode & { readonly facts: NodeFacts };

/** A variant's configuration, under the study's first seed. */
export const configOfVariant = (nodes: readonly Node[], variant: string): Config =>
  nodes.find((node) => node.kind === "run" && node.run.variant === variant)!.facts.config;

/** What each step of a study's path changes: settings as `key: value`. */
export function pathChanges({ path = [] }: Study, nodes: readonly Node[]): string[][] {
  const configs = path.map((variant) => configOfVariant(nodes, variant));
  return configs.slice(1).map((config, index) => changedSettings(configs[index]!, config));
}

/** @throws UsageError where two variants that follow one another on the path are the same */
export function checkPath(study: Study, nodes: readonly Node[], file: string): void {
  const { path = [] } = study;
  const same = pathChanges(study, nodes).findIndex((changes) => changes.length === 0);
  if (same < 0) return;
  throw new UsageError(
    `${file}: path: "${path[same + 1]}" changes no setting of "${path[same]}" before it, so that there is nothing to explain`,
  );
}
