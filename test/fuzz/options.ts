import { flagsOf, listOf, wholeNumber } from "@fledge/bench/command-line";

export interface FuzzOptions {
  readonly readers: readonly string[];
  readonly seed: number;
  /** The number of the first file. */
  readonly from: number;
  readonly count: number;
}

export const usage = `npx tsx test/fuzz/main.ts [options]
  --reader NAME   a reader; may be repeated (default: every reader)
  --count N       mutated files for each (default 10000)
  --from N        the number of the first, so that runs of one seed add up (default 0)
  --seed N        what the files follow from, with the reader's name and their number (default 1)`;

const text = { type: "string" } as const;
const flags = { reader: { ...text, multiple: true }, count: text, from: text, seed: text } as const;

/** @param known the readers' names @throws OptionsError */
export function fuzzOptions(args: readonly string[], known: readonly string[]): FuzzOptions {
  const { reader, count = "10000", from = "0", seed = "1" } = flagsOf(args, flags);
  return {
    readers: listOf("reader", reader, known),
    count: wholeNumber("count", count, 1),
    from: wholeNumber("from", from, 0),
    seed: wholeNumber("seed", seed, 0),
  };
}
