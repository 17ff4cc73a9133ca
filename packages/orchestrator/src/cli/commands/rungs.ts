import { runTool } from "../run-tool.ts";

/** Hands over to the tool that reads the ladders. */
export const rungs = (
  name: string | undefined,
  { diff, json }: { readonly diff?: true; readonly json?: true },
): Promise<void> =>
  runTool("show-rungs.ts", [
    ...(diff ? ["--diff"] : []),
    ...(json ? ["--json"] : []),
    ...(name === undefined ? [] : ["--", name]),
  ]);
