import { seededSplit } from "@fledge/random";
import type { Dataset } from "./dataset.ts";
import { subset } from "./dataset.ts";

/**
 * Splits a data set as the paper's code does (torch.utils.data.random_split with torch.manual_seed(seed)): each named
 * part takes floor(fraction * samples), "train" the rest. The permutation is cut in the order train, then the parts as
 * they stand in `fractions`. The paper's 70-20-10 is { validation: 0.1, test: 0.2 }, its 70-30 { validation: 0.3 }.
 * Throws RangeError where a fraction is not in 0..1 or they sum to more than 1.
 */
export function splitDataset<Part extends string>(
  dataset: Dataset,
  seed: number,
  fractions: Readonly<Record<Part, number>>,
): Record<Part | "train", Dataset> {
  const parts: (Part | "train")[] = ["train", ...(Object.keys(fractions) as Part[])];
  const indices = seededSplit<string>({ count: dataset.samples.length, seed, parts, fractions });
  const part = (name: Part | "train"): Dataset => subset(dataset, indices[name] ?? [], `${dataset.name}/${name}`);
  return Object.fromEntries(parts.map((name) => [name, part(name)])) as Record<Part | "train", Dataset>;
}
