import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  FileError,
  fileSystem,
  FolderLock,
  isPartial,
  isThere,
  lockName,
  makeFolder,
  removePartials,
  writeFileWhole,
} from "@fledge/files";
import type { EpochRecord, MetricRecord } from "@fledge/training";
import { z } from "zod";
import { checkConfig, UsageError, withLaterSettings } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { readIfThere } from "./if-there.ts";
import { parseJson, parseLog, resultsSchema, type Log } from "./read-records.ts";
import type { ModelName, ResultsRecord } from "./records.ts";

/** What a run's folder holds before its config.json, without what was being written when its process was killed. */
const beginnings = ["environment.json", "inputs.json", "kernels.json", "extends.json", lockName];

/** Whether a run may begin in a folder: it is empty, or holds only the beginnings of a run that never began. */
async function isFree(path: string): Promise<boolean> {
  const names = (await readdir(path)).filter((name) => !isPartial(name));
  return names.length === 0 || (names.includes(lockName) && names.every((name) => beginnings.includes(name)));
}

/** Whether a run may begin in a folder, which is made where it is not there. @throws UsageError where it cannot be */
async function freeFolder(path: string): Promise<boolean> {
  try {
    await makeFolder(path);
    return await isFree(path);
  } catch (error) {
    const { message } = (error instanceof FileError ? error.cause : error) as Error;
    throw new UsageError(`${path} cannot be a run's folder (${message}): give another with --run`);
  }
}

/**
 * What a run leaves on disk:
 * ```
 * config.json environment.json        what was asked for, and where it ran
 * inputs.json                         the images and weights it began with, file by file, and the program
 * kernels.json                        the rung of every kernel and shape of its programs
 * extends.json                        the run that it was extended from, and what it began with of that
 * <model>/metrics.jsonl               one line per logged step and per epoch
 * <model>/last.safetensors            weights, optimiser, progress and log after the latest epoch
 * <model>/previous.safetensors        the same after the epoch before it
 * <model>/best.safetensors            weights of the best epoch by validation accuracy, torchvision's names: the averages
 *                                     where those are evaluated (training.ema)
 * <model>/best-teacher.safetensors    of that epoch the weights that label, where the evaluated ones do not
 * <model>/answers-<task>.csv          what it says of each test image, in each of the seeded evaluations
 * other-evaluations.json              accuracies under other settings than the run's (fledge evaluate --set)
 * pseudo-labels.csv results.json report/
 * pseudo-labels.safetensors chosen-images.csv   where labels are made once, and images chosen by them
 * used-labels.json                    the images whose labels are used, where not all are (data.labelledShare)
 * cost.json                           what the commands on it were to compute, and what they used
 * live.jsonl <model>/examples.json    the epoch under way, and what the last one said of a few images: for `fledge watch`
 * run.lock                            whose process works on it
 * ```
 * Every file is written whole, and config.json last of those that a run begins with. Nothing here ever deletes a run.
 */
export class RunDirectory {
  readonly path: string;

  #config: Config;
  #lock: FolderLock | undefined;

  private constructor(path: string, config: Config) {
    this.path = path;
    this.#config = config;
  }

  get config(): Config {
    return this.#config;
  }

  /**
   * Starts a run in a new or empty folder, which is this process's until it is released.
   * @param begin writes what else the run begins with; a run that is ended before this is done never began
   * @throws UsageError where the folder holds something or cannot be made, FolderLockedError where another process has it
   */
  static async create(
    path: string,
    config: Config,
    environment: unknown,
    begin: (run: RunDirectory) => Promise<void> = () => Promise.resolve(),
  ): Promise<RunDirectory> {
    const refuse = (): never => {
      throw new UsageError(`${path} is not empty: give another folder with --run, or continue that run with --resume`);
    };
    if (!(await freeFolder(path))) refuse();
    const run = new RunDirectory(path, config);
    await run.lock();
    if (!(await isFree(path))) {
      run.release();
      refuse();
    }
    try {
      await run.writeJson("environment.json", environment);
      await begin(run);
      await run.writeJson("config.json", config);
    } catch (error) {
      // Without the lock the folder would be taken for one that holds a person's own files; with config.json it is a run's.
      await run.#removeBeginnings().catch(() => {}); // The first error is the one to tell.
      run.release();
      throw error;
    }
    return run;
  }

  /** Opens a run that was started before. @throws UsageError where there is none, or its configuration is damaged */
  static async open(path: string): Promise<RunDirectory> {
    const text = await readIfThere(join(path, "config.json"));
    if (text === undefined) {
      const begun = await isFree(path).catch(() => false);
      if (begun && (await readdir(path)).length > 0)
        throw new UsageError(
          `${path} holds a run that was ended before it had begun: begin it again, with its settings and without --resume`,
        );
      throw new UsageError(
        `${path} holds no run (there is no config.json): name the folder of one, or start one with "npx fledge reproduce"`,
      );
    }
    const file = join(path, "config.json");
    const value = parseJson(text, z.unknown(), file, "restore it or start a new run");
    return new RunDirectory(path, checkConfig(withLaterSettings(value), file));
  }

  /**
   * Makes the run this process's, until it is released or the process ends, and removes what dead ones left half-written.
   * @throws FolderLockedError where another process has it, FileError where the lock cannot be written
   */
  async lock(): Promise<void> {
    this.#lock = await FolderLock.take(this.path);
    await removePartials(this.path);
  }

  /** Gives the run back, if this process has it. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
  }

  /** @throws FolderLockedError where another process has taken the run that was this one's */
  async checkOwner(): Promise<void> {
    await this.#lock?.check();
  }

  /** Changes a setting that no number so far depends on. */
  async amend(config: Config): Promise<void> {
    await this.writeJson("config.json", config);
    this.#config = config;
  }

  async #removeBeginnings(): Promise<void> {
    if (isThere(this.file("config.json"))) return;
    for (const name of beginnings) if (name !== lockName) await fileSystem().remove(this.file(name));
    await fileSystem().syncFolder(this.path);
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** The contents of a file, undefined where it is not there. */
  read(name: string): Promise<string | undefined> {
    return readIfThere(this.file(name));
  }

  async write(name: string, contents: string | Uint8Array): Promise<void> {
    await this.checkOwner();
    await writeFileWhole(this.file(name), contents);
  }

  writeJson(name: string, value: unknown): Promise<void> {
    return this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** What a JSON file of the run holds; undefined where there is none. @throws UsageError, as `parseJson` */
  async readJson<T>(name: string, schema: z.ZodType<T>, mend: string): Promise<T | undefined> {
    const text = await this.read(name);
    return text === undefined ? undefined : parseJson(text, schema, this.file(name), mend);
  }

  /** Everything logged for a model, in order, and whether an interruption cut the last line short. @throws UsageError */
  async log(model: ModelName): Promise<Log> {
    const file = this.file(model, "metrics.jsonl");
    return parseLog((await readIfThere(file)) ?? "", file);
  }

  async metrics(model: ModelName): Promise<readonly MetricRecord[]> {
    return (await this.log(model)).records;
  }

  async epochs(model: ModelName): Promise<EpochRecord[]> {
    return (await this.metrics(model)).filter((record) => record.kind === "epoch");
  }

  /** What the evaluations gave, undefined before the first. @throws UsageError where the file is damaged */
  async results(): Promise<ResultsRecord | undefined> {
    const text = await readIfThere(this.file("results.json"));
    if (text === undefined) return undefined;
    const mend = "restore it, or remove it to evaluate the models again";
    return parseJson(text, resultsSchema, this.file("results.json"), mend);
  }

  /** Lays new results over those that the run holds already. */
  async addResults(added: Partial<ResultsRecord>): Promise<void> {
    const before = (await this.results()) ?? { evaluations: [], bestValidation: {} };
    await this.writeJson("results.json", { ...before, ...added });
  }
}
