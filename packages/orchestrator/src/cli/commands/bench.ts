import { runTool } from "../run-tool.ts";

interface Flags {
  readonly full?: true;
  readonly json?: string | true;
  readonly quiet?: true;
  readonly readme?: true;
  readonly rung?: readonly string[];
  readonly shape?: readonly string[];
  readonly adapter?: string;
  readonly watch?: true;
  readonly compare?: true;
  readonly renewBaseline?: true;
}

/** The flags as the runner takes them. */
const argumentsOf = (flags: Flags): string[] => [
  ...(flags.full ? ["--full"] : []),
  ...(flags.readme ? ["--readme"] : []),
  ...(flags.watch ? ["--watch"] : []),
  ...(flags.compare ? ["--compare"] : []),
  ...(flags.renewBaseline ? ["--renew-baseline"] : []),
  ...(flags.quiet ? ["--quiet"] : []),
  ...(flags.json === true ? ["--print-json"] : flags.json === undefined ? [] : ["--json", flags.json]),
  ...(flags.adapter === undefined ? [] : ["--adapter", flags.adapter]),
  ...(flags.rung ?? []).flatMap((id) => ["--rung", id]),
  ...(flags.shape ?? []).flatMap((name) => ["--shape", name]),
];

/** Hands over to the runner of `tools`. */
export const bench = (names: readonly string[], flags: Flags): Promise<void> =>
  runTool("run-benches.ts", [...argumentsOf(flags), "--", ...names]);
