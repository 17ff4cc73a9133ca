import { runTool } from "../run-tool.ts";

/** Hands over to the tool that reads the ladders. */
export const rungs = (name: string | undefined, { diff }: { readonly diff?: true }): Promise<void> =>
  runTool("show-rungs.ts", [...(diff ? ["--diff"] : []), ...(name === undefined ? [] : ["--", name])]);
