import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Reply, Request } from "./contender.ts";

const keptCharacters = 4000;

/** A contender's process: one request at a time, one reply each. */
export class ContenderProcess {
  readonly #child: ChildProcess;
  #stderr = "";
  #ended: string | undefined;
  #waiting: { readonly resolve: (reply: Reply) => void; readonly reject: (error: Error) => void } | undefined;

  constructor([command, ...args]: readonly string[]) {
    this.#child = spawn(command!, args, { stdio: ["pipe", "ignore", "pipe", "pipe"] });
    process.once("exit", () => this.#child.kill()); // Where the runner is ended, a step of minutes is not waited for.
    this.#child.stderr!.on("data", (text: Buffer) => {
      this.#stderr = (this.#stderr + text.toString()).slice(-keptCharacters);
    });
    this.#child.stdin!.on("error", () => {}); // Its end is reported by "close".
    createInterface({ input: this.#child.stdio[3] as Readable }).on("line", (line) => {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(JSON.parse(line) as Reply);
    });
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("close", (code, signal) =>
      this.#end(`ended with ${signal ?? `exit code ${code}`}:\n${this.#stderr}`),
    );
  }

  #end(reason: string): void {
    this.#ended ??= reason;
    this.#waiting?.reject(new Error(this.#ended));
    this.#waiting = undefined;
  }

  /** Whether it can be asked no more. */
  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** @throws what the contender threw, or what it printed before it ended */
  async ask(request: Request): Promise<Reply> {
    if (this.#ended !== undefined) throw new Error(this.#ended);
    const reply = await new Promise<Reply>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    });
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  /** Ends the process, after what it is doing. */
  async stop(): Promise<void> {
    if (this.#ended !== undefined) return;
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.stdin!.end();
    await closed;
  }
}
