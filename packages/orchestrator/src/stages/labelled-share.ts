import { subset, type Dataset } from "@fledge/data";
import { random } from "@fledge/random";
import type { Config } from "../config/schema.ts";

/**
 * The training images whose labels are used: of each class `data.labelledShare`, rounded, and one at least, in their own
 * order. Those of a smaller share are among those of a larger one.
 */
export function usedLabels({ data: { labelledShare, drawSeed } }: Config, train: Dataset): Dataset {
  if (labelledShare === 1) return train;
  const used = train.classes.flatMap((_, label) => {
    const places = train.samples.flatMap((sample, index) => (sample.label === label ? [index] : []));
    const count = places.length === 0 ? 0 : Math.max(1, Math.round(labelledShare * places.length));
    const order = random(drawSeed, "labelled share", label).permutation(places.length);
    return [...order.slice(0, count)].map((at) => places[at]!);
  });
  return subset(
    train,
    used.sort((a, b) => a - b),
  );
}
