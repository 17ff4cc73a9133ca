import type { Place, Study, StudyNode } from "@fledge/study";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { reportedModels } from "../methods/models-of.ts";
import { titleOf } from "../report/tables.ts";
import { changedSettings, settingsOf } from "./changed-settings.ts";
import type { NodeFacts } from "./node-facts.ts";
import { configOfVariant } from "./path-steps.ts";

type Node = StudyNode & { readonly facts: NodeFacts };

/** Variants that are alike but for their place make a line: what they share, as text. */
const alike = (config: Config, setting: string): string =>
  JSON.stringify(settingsOf(config).filter(([key]) => key !== setting && key !== "preset"));

/** A line's name: its model's, and where lines of one model differ in settings, those that the first has not. */
function lineName(model: string, config: Config, rivals: readonly Config[], setting: string): string {
  const changes = rivals.length < 2 ? [] : changedSettings(rivals[0]!, config);
  const own = changes.filter((change) => !change.startsWith(`${setting}:`));
  return own.length === 0 ? model : `${model} (${own.join(", ")})`;
}

/**
 * Where each reported model of each variant stands in the study's curves.
 * @throws UsageError where a variant has no number there, or none differs
 */
export function placesOf({ curve, variants }: Study, nodes: readonly Node[], file: string): Place[] {
  if (!curve) return [];
  const { setting } = curve;
  const all = Object.keys(variants).map((variant) => {
    const config = configOfVariant(nodes, variant);
    const x = Number(new Map(settingsOf(config)).get(setting) ?? NaN);
    if (!Number.isFinite(x))
      throw new UsageError(`${file}: curve.setting: ${setting} is no number in the variant "${variant}"`);
    return { variant, config, x, group: alike(config, setting) };
  });
  if (new Set(all.map(({ x }) => x)).size < 2)
    throw new UsageError(`${file}: curve.setting: ${setting} is the same in every variant; there is no curve of it`);
  const firstOfGroups = [...new Map(all.toReversed().map((one) => [one.group, one.config])).values()].toReversed();
  return all.flatMap(({ variant, config, x, group }) =>
    reportedModels(config).map((model): Place => {
      const rivals = firstOfGroups.filter((other) => reportedModels(other).includes(model));
      const own = firstOfGroups.find((other) => alike(other, setting) === group)!;
      return { variant, model, x, line: lineName(titleOf(model), own, rivals, setting) };
    }),
  );
}
