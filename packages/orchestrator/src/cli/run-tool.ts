import { spawn } from "node:child_process";
import { join } from "node:path";
import { endOfChild } from "@fledge/files";
import { ReportedFailure } from "./reported-failure.mjs";

const tools = join(import.meta.dirname, "../../../../tools/src");

/**
 * Runs a script of `tools`, which nothing may import, in a process of its own that writes to this one's terminal.
 * @param script such as `show-rungs.ts`
 * @throws ReportedFailure where it fails, which it has explained by then
 */
export async function runTool(script: string, args: readonly string[]): Promise<void> {
  const command = ["--import", import.meta.resolve("tsx"), join(tools, script), ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "inherit", "inherit"] });
  if ((await endOfChild(child)) !== 0) throw new ReportedFailure();
}
