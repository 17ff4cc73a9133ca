import { readFileSync, rmSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { FileError } from "./file-error.ts";
import { fileSystem } from "./file-system.ts";
import { partialName } from "./partial-files.ts";
import { fateOf, thisProcess, type ProcessIdentity } from "./process-identity.ts";
import { remove, writeNew } from "./write-file-whole.ts";

interface Owner extends ProcessIdentity {
  /** Of this taking of the lock, and no other. */
  readonly token: string;
  /** When it was taken: an ISO date. */
  readonly since: string;
}

/** A folder is another process's. The message says whose, and how to go on if that one is dead. */
export class FolderLockedError extends Error {
  override readonly name = "FolderLockedError";
}

/** How often an owner gives a sign of life. */
const beatMs = 10_000;

/** A machine that cannot be seen from here and gave no sign for this long has lost its lock. */
const silentMs = 300_000;

/** Longer than another process takes from its last look at a dead lock to putting its own in its place. */
const settleMs = 200;

/** The name of the lock in the folder. */
export const lockName = "run.lock";

/** Who a lock's text says it belongs to; null where it says nothing that can be read. */
function parseOwner(text: string): Owner | null {
  try {
    const owner = JSON.parse(text) as Partial<Owner> | null;
    const texts = [owner?.host, owner?.machine, owner?.boot, owner?.started, owner?.token, owner?.since];
    return texts.every((part) => typeof part === "string") && Number.isInteger(owner?.pid) ? (owner as Owner) : null;
  } catch {
    return null;
  }
}

/** The text of a lock; undefined where there is none. */
async function lockText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** How long a lock has been silent, by the clock of the disk that it lies on. */
async function silenceOf(file: string): Promise<number> {
  const probe = partialName(file);
  try {
    await writeNew(probe, []);
    return (await stat(probe)).mtimeMs - (await stat(file)).mtimeMs;
  } catch (error) {
    throw new FileError(file, error);
  } finally {
    await remove(probe);
  }
}

/** Who holds a folder, in words; null where nobody does. */
async function holderOf(file: string, text: string, silence = silenceOf): Promise<string | null> {
  const owner = parseOwner(text);
  const fate = owner === null ? "unknown" : fateOf(owner);
  if (fate === "dead") return null;
  const who =
    owner === null
      ? "an unknown process"
      : `process ${owner.pid} on ${owner.host} since ${owner.since.replace(/\.\d+Z$/, "Z")}`;
  if (fate === "runs") return `${who}; wait until it ends, or end it (kill ${owner!.pid})`;
  const silentFor = await silence(file);
  if (silentFor >= silentMs) return null;
  return (
    `${who}, which gave its last sign of life ${Math.max(0, Math.round(silentFor / 1000))} s ago. ` +
    `If it is dead, remove ${file}, or try again when it has been silent for ${silentMs / 60_000} minutes`
  );
}

/** A folder that is this process's alone for as long as it lives, or until it is released. */
export class FolderLock {
  readonly #file: string;
  readonly #text: string;
  readonly #beat: NodeJS.Timeout;
  readonly #atExit = (): void => this.release();

  private constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    // Written in place: the time is then that of the disk's own clock.
    this.#beat = setInterval(() => void this.#giveSign().catch(() => {}), beatMs).unref();
    process.on("exit", this.#atExit);
  }

  /**
   * Takes a folder that is there, also from a process that is dead: one of this machine that does not run any more or
   * ran before the machine was started anew, or one of another machine that has long been silent.
   * @throws FolderLockedError where another process holds it, FileError where the lock cannot be written
   */
  static async take(folder: string): Promise<FolderLock> {
    const file = join(folder, lockName);
    const owner: Owner = { ...thisProcess(), token: randomUUID(), since: new Date().toISOString() };
    const text = `${JSON.stringify(owner)}\n`;
    for (;;) {
      const before = await lockText(file);
      if (before === undefined ? await create(file, text) : await takeOver(file, before, text))
        return new FolderLock(file, text);
    }
  }

  /** @throws FolderLockedError where another process has taken the folder, for it thought this one dead */
  async check(): Promise<void> {
    const text = await lockText(this.#file);
    if (text === this.#text || (text === undefined && (await create(this.#file, this.#text)))) return;
    throw new FolderLockedError(
      `${this.#file} is another process's by now (${parseOwner(text ?? "")?.pid ?? "unknown"}): this one ends, and leaves the run to it`,
    );
  }

  async #giveSign(): Promise<void> {
    if ((await lockText(this.#file)) === this.#text) await writeFile(this.#file, this.#text, { flag: "r+" });
  }

  /** Gives the folder back, at once. */
  release(): void {
    clearInterval(this.#beat);
    process.off("exit", this.#atExit);
    try {
      if (readFileSync(this.#file, "utf8") === this.#text) rmSync(this.#file);
    } catch {
      // It is gone, or stays behind as a dead process's would.
    }
  }
}

const cannotLink = new Set(["EMLINK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EPERM"]);

/**
 * A lock appears whole, as a second name of a file that is on the disk already: one without an owner would be nobody's
 * to take. Where a file system has no second names it may appear empty, if the power fails at that moment.
 * @returns whether the lock is now this process's; false where another was faster
 */
async function create(file: string, text: string): Promise<boolean> {
  const partial = partialName(file);
  const parts = [Buffer.from(text)];
  let mine = false;
  try {
    await writeNew(partial, parts);
    await fileSystem()
      .link(partial, file)
      .catch((error: NodeJS.ErrnoException) => {
        if (!cannotLink.has(error.code ?? "")) throw error;
        return writeNew(file, parts);
      });
    mine = true;
    await fileSystem().syncFolder(dirname(file));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    if (mine) await remove(file);
    throw new FileError(file, error);
  } finally {
    await remove(partial);
  }
}

/** Puts a lock in the place of a dead process's. @returns whether it is now this process's @throws FolderLockedError */
async function takeOver(file: string, before: string, text: string): Promise<boolean> {
  const holder = await holderOf(file, before);
  if (holder !== null) throw new FolderLockedError(`${file}: this run is in the hands of ${holder}`);
  const partial = partialName(file);
  try {
    await writeNew(partial, [Buffer.from(text)]);
    if ((await lockText(file)) !== before) return false;
    await fileSystem().rename(partial, file);
  } catch (error) {
    throw new FileError(file, error);
  } finally {
    await remove(partial);
  }
  // Of several that take the same dead lock, the last one has it.
  await wait(settleMs);
  return (await lockText(file)) === text;
}

/** How long a lock has been silent by this machine's own clock, which may not be the disk's: nothing is written. */
const silenceSeen = async (file: string): Promise<number> => Date.now() - (await stat(file)).mtimeMs;

/**
 * Who holds a folder, in words; null where nobody does.
 * @param writing false for one who only looks: how long another machine has been silent is then told by this one's clock
 */
export async function folderHolder(folder: string, writing = true): Promise<string | null> {
  const file = join(folder, lockName);
  const text = await lockText(file);
  return text === undefined ? null : holderOf(file, text, writing ? silenceOf : silenceSeen);
}
