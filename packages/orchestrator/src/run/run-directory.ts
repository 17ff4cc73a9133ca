import { appendFile, mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeFileWhole } from "@fledge/files";
import type { EpochRecord, MetricRecord } from "@fledge/training";
import { z } from "zod";
import { checkConfig, UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { parseJson, parseLog, resultsSchema, type Log } from "./read-records.ts";
import type { ModelName, ResultsRecord } from "./records.ts";

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
};

/** What a folder holds, made where it is not there. @throws UsageError where it cannot be */
async function folderEntries(path: string): Promise<string[]> {
  try {
    await mkdir(path, { recursive: true });
    return await readdir(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be a run's folder (${(error as Error).message}): give another with --run`);
  }
}

/**
 * What a run leaves on disk:
 * ```
 * config.json environment.json        what was asked for, and where it ran
 * kernels.json                        the rung of every kernel and shape of its programs
 * <model>/metrics.jsonl               one line per logged step and per epoch
 * <model>/last.safetensors            weights, optimiser and progress after the latest epoch
 * <model>/best.safetensors            weights of the best epoch by validation accuracy, torchvision's names
 * pseudo-labels.csv results.json report/
 * ```
 * Nothing here ever deletes a run.
 */
export class RunDirectory {
  readonly path: string;
  readonly config: Config;

  private constructor(path: string, config: Config) {
    this.path = path;
    this.config = config;
  }

  /** Starts a run in a new or empty folder. @throws UsageError where the folder holds something or cannot be made */
  static async create(path: string, config: Config, environment: unknown): Promise<RunDirectory> {
    if ((await folderEntries(path)).length > 0) {
      throw new UsageError(`${path} is not empty: give another folder with --run, or continue that run with --resume`);
    }
    const run = new RunDirectory(path, config);
    await run.writeJson("environment.json", environment);
    await run.writeJson("config.json", config);
    return run;
  }

  /** Opens a run that was started before. @throws UsageError where there is none, or its configuration is damaged */
  static async open(path: string): Promise<RunDirectory> {
    const text = await readIfThere(join(path, "config.json"));
    if (text === undefined) {
      throw new UsageError(
        `${path} holds no run (there is no config.json): name the folder of one, or start one with "fledge reproduce"`,
      );
    }
    const file = join(path, "config.json");
    const value = parseJson(text, z.unknown(), file, "restore it or start a new run");
    return new RunDirectory(path, checkConfig(value, file));
  }

  file(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** The contents of a file, undefined where it is not there. */
  read(name: string): Promise<string | undefined> {
    return readIfThere(this.file(name));
  }

  write(name: string, contents: string | Uint8Array): Promise<void> {
    return writeFileWhole(this.file(name), contents);
  }

  writeJson(name: string, value: unknown): Promise<void> {
    return this.write(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  async appendMetrics(model: ModelName, records: readonly MetricRecord[]): Promise<void> {
    await mkdir(this.file(model), { recursive: true });
    await appendFile(
      this.file(model, "metrics.jsonl"),
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
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

  /** Drops what was logged from `epoch` on: those epochs are about to run again. */
  async rewindMetrics(model: ModelName, epoch: number): Promise<void> {
    const kept = (await this.metrics(model)).filter((record) => record.epoch < epoch);
    await this.write(join(model, "metrics.jsonl"), kept.map((record) => `${JSON.stringify(record)}\n`).join(""));
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
