import { FolderLockedError } from "@fledge/files";
import { z } from "zod";
import type { CostSummary } from "../cost/summary.ts";
import { ownCommand } from "./own-command.ts";
import type { RunDirectory } from "./run-directory.ts";

const amount = z.number().min(0);

/** A piece of a run's work, counted before it began. */
const row = z.object({
  model: z.string(),
  part: z.enum(["training", "validation", "labelling", "evaluation"]),
  /** "labelled step", "evaluation". */
  program: z.string(),
  batches: amount,
  /** Arithmetic operations. */
  flops: amount,
});

/** What a command used of the machine, up to its end, or where it was cut off to the last epoch that it finished. */
const used = z.object({
  startedAt: z.string(),
  command: z.string(),
  /** From when the run was opened. */
  seconds: amount,
  /** Of all threads of its process, the software driver's among them. */
  cpuSeconds: amount,
  /** The largest that its process was; on a software adapter the device's memory is in it. */
  peakMemoryBytes: amount,
});

const costSchema = z.looseObject({
  rows: z.array(row),
  /** The most on the device at once, by the plan; 0 where no command has planned any. */
  deviceMemoryBytes: amount,
  commands: z.array(used),
});

/** `cost.json`: what a run's commands were to compute, and what they used. */
export type CostFile = z.infer<typeof costSchema>;

const fileName = "cost.json";

/** Undefined in a run of an earlier version. @throws UsageError where the file is damaged */
export const readCost = (run: RunDirectory): Promise<CostFile | undefined> =>
  run.readJson(fileName, costSchema, "remove it: the report then lacks what the run has cost so far");

const keyOf = ({ model, part, program }: CostFile["rows"][number]): string => [model, part, program].join();

type Command = Pick<CostFile["commands"][number], "startedAt" | "command">;

/** Counts what a command uses, and keeps it in the run. */
export class CostKeeper {
  readonly #run: RunDirectory;
  readonly #before: CostFile;
  readonly #command: Command;
  readonly #tell: (problem: string) => void;
  /** After a write failed, which is told once. */
  #silent = false;
  readonly #start = { at: performance.now(), cpu: process.cpuUsage() };

  private constructor(run: RunDirectory, before: CostFile, command: Command, tell: (problem: string) => void) {
    this.#run = run;
    this.#tell = tell;
    this.#before = before;
    this.#command = command;
  }

  /**
   * @param planned what the command is to compute, where it says so: in the run's file it takes the place of what an earlier one said of the same work
   * @param tell is told, once, of a file that cannot be read or written: no run ends for what it cost
   */
  static async begin(
    run: RunDirectory,
    planned: CostSummary | undefined,
    tell: (problem: string) => void,
  ): Promise<CostKeeper> {
    const nothing: CostFile = { rows: [], deviceMemoryBytes: 0, commands: [] };
    let damaged = false;
    const read = await readCost(run).catch((error: Error) => {
      tell(`the cost of this command is not kept: ${error.message}`);
      damaged = true;
      return undefined;
    });
    const before = read ?? nothing;
    const rows = (planned?.rows ?? []).map(({ model, part, program, batches, flops }) => ({
      model,
      part,
      program,
      batches: batches.whole,
      flops: flops.whole,
    }));
    const all = new Map([...before.rows, ...rows].map((one) => [keyOf(one), one]));
    const kept = {
      ...before,
      rows: [...all.values()],
      deviceMemoryBytes: Math.max(before.deviceMemoryBytes, planned?.memoryBytes ?? 0),
    };
    const keeper = new CostKeeper(run, kept, { startedAt: new Date().toISOString(), command: ownCommand() }, tell);
    // A damaged file stays as it is, for whoever would mend it.
    keeper.#silent = damaged;
    await keeper.keep();
    return keeper;
  }

  /** Writes down what was used so far. @throws FolderLockedError where another process has taken the run */
  async keep(): Promise<void> {
    if (this.#silent) return;
    const { user, system } = process.cpuUsage(this.#start.cpu);
    const now = {
      ...this.#command,
      seconds: (performance.now() - this.#start.at) / 1000,
      cpuSeconds: (user + system) / 1e6,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
    try {
      await this.#run.writeJson(fileName, { ...this.#before, commands: [...this.#before.commands, now] });
    } catch (error) {
      if (error instanceof FolderLockedError) throw error;
      this.#silent = true;
      this.#tell(`the cost of this command is not kept: ${(error as Error).message}`);
    }
  }
}
