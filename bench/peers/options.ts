import { join } from "node:path";
import { flagsOf, listOf, wholeNumber } from "@fledge/bench/command-line";
import { peers } from "./contenders.ts";
import type { RoundSettings } from "./measure-case.ts";
import { kinds, type Kind } from "./tasks.ts";

export interface Options extends RoundSettings {
  readonly quick: boolean;
  readonly only: readonly Kind[];
  /** Ids of the peers that take part. */
  readonly peers: readonly string[];
  readonly sides: readonly number[];
  /** Folder for the results. */
  readonly out: string;
  /** A results file to write the page and the chart from, instead of measuring. */
  readonly from?: string;
}

export const usage = `npm run peers -- [options]
  a whole run takes about 14 minutes on two CPU cores that do nothing else
  --only ${kinds.join(",")}   the kinds of task (default: all)
  --peers ${peers.map(({ id }) => id).join(",")}   who takes part beside Fledge (default: all)
  --sizes 64,224   image sides of the networks, in pixels
  --rounds N       rounds (default 5; 2 of them for what takes above 20 s)
  --quick          2 rounds, 1 for what takes above 20 s; fewer layers
  --out FOLDER     where results go (default: bench/results for a whole run, else .cache/peers)
  --from FILE      writes the page and the chart of a results file again, measuring nothing`;

const text = { type: "string" } as const;
const flags = {
  only: text,
  peers: text,
  sizes: text,
  rounds: text,
  out: text,
  from: text,
  quick: { type: "boolean" },
} as const;

/** @throws OptionsError on an unknown option or value */
export function parseOptions(args: readonly string[]): Options {
  const values = flagsOf(args, flags);
  const quick = values.quick ?? false;
  const rounds = wholeNumber("rounds", values.rounds ?? (quick ? "2" : "5"), 1);
  const whole = !quick && values.only === undefined && values.peers === undefined && values.sizes === undefined;
  const bench = join(import.meta.dirname, "..");
  return {
    quick,
    rounds,
    slowRounds: Math.min(rounds, quick ? 1 : 2),
    only: listOf("only", values.only?.split(","), kinds),
    peers: listOf(
      "peers",
      values.peers?.split(","),
      peers.map(({ id }) => id),
    ),
    // The smallest side at which every layer of ResNet-50 still has two rows.
    sides: (values.sizes ?? "64,224").split(",").map((side) => wholeNumber("sizes", side, 33)),
    out: values.out ?? (whole ? join(bench, "results") : join(bench, "..", ".cache", "peers")),
    ...(values.from === undefined ? {} : { from: values.from }),
  };
}
