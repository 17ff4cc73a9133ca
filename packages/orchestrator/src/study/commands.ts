import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { endingSignals, type EndingSignal } from "@fledge/files";
import { beginLine } from "./node-log.ts";

/** The command's own file. */
export const fledgeFile = join(import.meta.dirname, "../../bin/fledge.mjs");

/** A command that was asked to end has ended. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/**
 * Runs `fledge` commands, each in a process of its own. A signal that asks this process to end is handed on to them, and
 * no further one begins; whoever uses this ends the process then.
 */
export class Commands {
  readonly #children = new Set<ChildProcess>();
  #stoppedBy: EndingSignal | undefined;

  /** The signal that asked for an end, if one has. */
  get stoppedBy(): EndingSignal | undefined {
    return this.#stoppedBy;
  }

  readonly #stop = (signal: EndingSignal): void => {
    this.#stoppedBy ??= signal;
    for (const child of this.#children) child.kill(signal);
  };

  /** Hands signals on for as long as `body` takes. */
  async handingOn<T>(body: () => Promise<T>): Promise<T> {
    for (const signal of endingSignals) process.on(signal, this.#stop);
    try {
      return await body();
    } finally {
      for (const signal of endingSignals) process.off(signal, this.#stop);
    }
  }

  /** Runs a command, its output added to a file. @throws StoppedError where a signal ended it, Error where it fails */
  async run(args: readonly string[], logFile: string): Promise<void> {
    if (this.#stoppedBy !== undefined) throw new StoppedError(this.#stoppedBy);
    const log = createWriteStream(logFile, { flags: "a" });
    log.write(beginLine(args));
    const child = spawn(process.execPath, [fledgeFile, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    this.#children.delete(child);
    log.end();
    await finished(log);
    if (code === 0) return;
    if (this.#stoppedBy !== undefined) throw new StoppedError(this.#stoppedBy);
    throw new Error(`fledge ${args[0]} ended with ${code ?? signal}`);
  }
}
