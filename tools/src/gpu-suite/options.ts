import { join } from "node:path";
import { flagsOf, listOf, OptionsError } from "@fledge/bench/command-line";
import { workspaceRoot } from "../../bootstrap/shell.mjs";
import { partNames, type PartName } from "./results.ts";

export interface Options {
  /** Time for everything, in minutes. */
  readonly minutes: number;
  /** Few ladders, small networks and a short demo: to try the suite itself where there is no GPU. */
  readonly reduced: boolean;
  readonly only: readonly PartName[];
  readonly adapter: string | undefined;
  /** Folder for the results. */
  readonly out: string;
  /** A results file to write the pages from, instead of measuring. */
  readonly from: string | undefined;
}

export const usage = `npm run gpu-suite -- [options]        (without npm: node --import tsx tools/src/gpu-suite/main.ts [options])
  --minutes N      time for everything (default 10); what does not fit it is cut off and told
  --only ${partNames.join(",")}
                   these parts alone (default: all)
  --reduced        few ladders, small networks, a short demo: to try the suite on a machine without a GPU
  --adapter NAME   compute on the adapter whose name holds this text
  --out FOLDER     where the results go (default: bench/results, of a part or a reduced one .cache/gpu-suite)
  --from FILE      measure nothing: write the page of a results file again, and its ladders into the kernels' READMEs`;

const text = { type: "string" } as const;
const flags = {
  minutes: text,
  only: text,
  adapter: text,
  out: text,
  from: text,
  reduced: { type: "boolean" },
} as const;

/** @throws OptionsError on an unknown option or value */
export function parseOptions(args: readonly string[]): Options {
  const values = flagsOf(args, flags);
  const minutes = Number(values.minutes ?? "10");
  if (!(minutes > 0)) throw new OptionsError(`--minutes ${values.minutes}: give a number above 0`);
  const reduced = values.reduced ?? false;
  const whole = !reduced && values.only === undefined;
  return {
    minutes,
    reduced,
    only: listOf("only", values.only?.split(","), partNames),
    adapter: values.adapter,
    out: values.out ?? (whole ? join(workspaceRoot, "bench", "results") : join(workspaceRoot, ".cache", "gpu-suite")),
    from: values.from,
  };
}
