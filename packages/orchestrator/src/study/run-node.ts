import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@fledge/files";
import { StoppedError, type Commands } from "./commands.ts";
import { commandsOf } from "./commands-of.ts";
import { endLine, logOf, nothingSaved } from "./node-log.ts";
import type { OpenStudy } from "./open-study.ts";
import { savedIn } from "./saved-in.ts";

/**
 * Does a node's work, or goes on with it, in processes of its own; how it ended stands in its log.
 * @param passed flags for every command, as those that choose an adapter
 * @throws StoppedError where a signal ended it, Error where it fails
 */
export async function runNode(
  node: OpenStudy["nodes"][number],
  { folder }: Pick<OpenStudy, "folder">,
  passed: readonly string[],
  commands: Commands,
): Promise<void> {
  const log = logOf(folder, node.id);
  const path = join(folder, node.id);
  await makeFolder(join(folder, "logs"));
  const before = await savedIn(path);
  try {
    for (const command of commandsOf(node, folder, passed)) await commands.run(command, log);
    await appendFile(log, endLine("done"));
  } catch (error) {
    const stopped = error instanceof StoppedError;
    const { message } = error as Error;
    const why = stopped && (await savedIn(path)) === before ? `${message}, ${nothingSaved}` : message;
    await appendFile(log, endLine(stopped ? "stopped" : "failed", why));
    throw error;
  }
}
