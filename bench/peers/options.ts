import { join } from "node:path";
import { parseArgs } from "node:util";
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
  --only ${kinds.join(",")}   the kinds of task (default: all)
  --peers ${peers.map(({ id }) => id).join(",")}   who takes part beside Fledge (default: all)
  --sizes 64,224   image sides of the networks, in pixels
  --rounds N       rounds (default 5; 2 of them for what takes above 20 s)
  --quick          2 rounds, 1 for what takes above 20 s; fewer layers
  --out FOLDER     where results go (default: bench/results for a whole run, else .cache/peers)
  --from FILE      writes the page and the chart of a results file again, measuring nothing`;

function listOf<T extends string>(option: string, text: string | undefined, known: readonly T[]): readonly T[] {
  if (text === undefined) return known;
  const parts = text.split(",");
  const unknown = parts.find((part) => !(known as readonly string[]).includes(part));
  if (unknown !== undefined) throw new OptionsError(`--${option} ${text}: "${unknown}" is none of ${known.join(", ")}`);
  return known.filter((name) => parts.includes(name));
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least)
    throw new OptionsError(`--${option} ${text}: give a whole number from ${least}`);
  return value;
}

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

function flagsOf(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (error) {
    throw new OptionsError((error as Error).message, { cause: error });
  }
}

/** An option or a file that the person at the command line can set right. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

/** @throws OptionsError on an unknown option or value */
export function parseOptions(args: readonly string[]): Options {
  const values = flagsOf(args);
  const quick = values.quick ?? false;
  const rounds = wholeNumber("rounds", values.rounds ?? (quick ? "2" : "5"), 1);
  const whole = !quick && values.only === undefined && values.peers === undefined && values.sizes === undefined;
  const bench = join(import.meta.dirname, "..");
  return {
    quick,
    rounds,
    slowRounds: Math.min(rounds, quick ? 1 : 2),
    only: listOf("only", values.only, kinds),
    peers: listOf(
      "peers",
      values.peers,
      peers.map(({ id }) => id),
    ),
    // The smallest side at which every layer of ResNet-50 still has two rows.
    sides: (values.sizes ?? "64,224").split(",").map((side) => wholeNumber("sizes", side, 33)),
    out: values.out ?? (whole ? join(bench, "results") : join(bench, "..", ".cache", "peers")),
    ...(values.from === undefined ? {} : { from: values.from }),
  };
}
