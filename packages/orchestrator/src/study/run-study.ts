import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { makeFolder } from "@fledge/files";
import { runGraph, type NodeState } from "@fledge/study";
import { commandsOf } from "./commands-of.ts";
import { isDone } from "./node-state.ts";
import type { OpenStudy } from "./open-study.ts";

const fledge = join(import.meta.dirname, "../../bin/fledge.mjs");

/** A node's log, which is kept. */
const logOf = (folder: string, id: string): string => join(folder, "logs", `${id.replace("/", "-")}.log`);

/** Runs a command in a process of its own, its output added to a file. @throws where it fails */
async function runCommand(args: readonly string[], logFile: string): Promise<void> {
  const log = createWriteStream(logFile, { flags: "a" });
  log.write(`$ fledge ${args.join(" ")}\n`);
  const child = spawn(process.execPath, [fledge, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  log.end();
  await finished(log);
  if (code !== 0) throw new Error(`fledge ${args[0]} ended with ${code ?? signal}`);
}

export interface RunStudyOptions {
  readonly atOnce: number;
  /** Flags for every command, as those that choose an adapter. */
  readonly passed: readonly string[];
  readonly tell: (line: string) => void;
}

/** Runs what a study lacks, each node in processes of its own. @returns the state of every node */
export async function runStudy(
  { nodes, folder }: OpenStudy,
  { atOnce, passed, tell }: RunStudyOptions,
): Promise<Map<string, NodeState>> {
  await makeFolder(join(folder, "logs"));
  let ended = 0;
  return runGraph(nodes, {
    atOnce,
    isDone: (node) => isDone(node, join(folder, node.id)),
    async run(node) {
      for (const command of commandsOf(node, folder, passed)) await runCommand(command, logOf(folder, node.id));
    },
    tell(node, event) {
      if (event === "begun") return tell(`${node.id}: begun`);
      ended += 1;
      const where = event === "failed" ? `; see ${logOf(folder, node.id)}` : "";
      return tell(`${node.id}: ${event}${where} (${ended} of ${nodes.length})`);
    },
  });
}
