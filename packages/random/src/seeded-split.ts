import { torchRandperm } from "./torch-randperm.ts";

export interface SeededSplitOptions<Part extends string> {
  /** How many items are split. */
  readonly count: number;
  /** What torch.manual_seed was given. */
  readonly seed: number;
  /** The parts in the order in which the permutation is cut. */
  readonly parts: readonly Part[];
  /** Share of `count` for every part but one, which takes the rest. */
  readonly fractions: Readonly<Partial<Record<Part, number>>>;
}

/**
 * Splits 0 .. count - 1 as the paper's code does (torch.utils.data.random_split after torch.manual_seed): a part with
 * a fraction gets floor(fraction * count) items, the part without one the rest, cut from torch's `randperm` in the
 * order of `parts`. Parts may be empty.
 *
 * The paper's: seededSplit({ count, seed: 42, parts: ["train", "val", "test"], fractions: { val: 0.1, test: 0.2 } }).
 *
 * Throws a RangeError if a fraction is not in 0 .. 1, names no part, if they sum to more than 1, or if not exactly
 * one part has none.
 */
export function seededSplit<Part extends string>(options: SeededSplitOptions<Part>): Record<Part, Int32Array> {
  const { count, seed, parts } = options;
  const fractions = options.fractions as Readonly<Partial<Record<string, number>>>;
  for (const [part, fraction] of Object.entries(fractions)) {
    if (!parts.includes(part as Part)) throw new RangeError(`seededSplit: the fraction "${part}" names no part`);
    if (!(fraction! >= 0 && fraction! <= 1)) {
      throw new RangeError(`seededSplit: the fraction of "${part}" must be in 0 .. 1, got ${fraction}`);
    }
  }
  if (new Set(parts).size !== parts.length)
    throw new RangeError(`seededSplit: a part is named twice in ${parts.join()}`);
  const withoutFraction = parts.filter((part) => fractions[part] === undefined);
  if (withoutFraction.length !== 1) {
    throw new RangeError(`seededSplit: exactly one part takes the rest, got [${withoutFraction.join(", ")}]`);
  }

  const lengths = new Map<Part, number>(parts.map((part) => [part, Math.floor((fractions[part] ?? 0) * count)]));
  const rest = count - [...lengths.values()].reduce((sum, length) => sum + length, 0);
  if (rest < 0) throw new RangeError(`seededSplit: the fractions of ${count} items sum to more than 1`);
  lengths.set(withoutFraction[0]!, rest);

  const permutation = torchRandperm(count, seed);
  const split = {} as Record<Part, Int32Array>;
  let start = 0;
  for (const part of parts) {
    const length = lengths.get(part)!;
    split[part] = permutation.slice(start, start + length);
    start += length;
  }
  return split;
}
