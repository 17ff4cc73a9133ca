import { differenceOf, tolerances } from "./agreement.ts";
import { readFloats, type Outputs, type Request } from "./contender.ts";
import { writeInputs } from "./inputs.ts";
import type { CaseResult, EntryResult } from "./results.ts";
import type { Case } from "./tasks.ts";

/** What a case needs of a contender's process; `ContenderProcess` in a run. */
export interface Asked {
  readonly id: string;
  readonly ask: (
    request: Request,
  ) => Promise<{ readonly timeMs?: number; readonly files?: Readonly<Record<string, string>> }>;
}

export interface RoundSettings {
  readonly rounds: number;
  /** Rounds of contenders whose samples take longer than `slowMs`. */
  readonly slowRounds: number;
}

const slowMs = 20_000;
/** Below this, several runs are timed together. */
const leastSampleMs = 200;

/** One contender's share of a case. */
class Runner {
  readonly contender: Asked;
  readonly samplesMs: (number | null)[] = [];
  repeats = 1;
  error: string | undefined;
  outputs: Outputs | undefined;

  constructor(contender: Asked) {
    this.contender = contender;
  }

  /** Goes on with the other contenders where one fails. */
  async #try(body: () => Promise<void>): Promise<void> {
    if (this.error !== undefined) return;
    try {
      await body();
    } catch (error) {
      this.error = (error as Error).message;
    }
  }

  async #timeMs(repeats: number): Promise<number> {
    return (await this.contender.ask({ do: "measure", repeats })).timeMs!;
  }

  /** The first run compiles; a second, where it is no matter of minutes, tells how many fill a sample. */
  prepare(task: Case["task"], inputs: Readonly<Record<string, string>>): Promise<void> {
    return this.#try(async () => {
      await this.contender.ask({ do: "prepare", task, inputs });
      if ((await this.#timeMs(1)) < slowMs)
        this.repeats = Math.max(1, Math.ceil(leastSampleMs / (await this.#timeMs(1))));
    });
  }

  measure(round: number, { slowRounds }: RoundSettings): Promise<void> {
    return this.#try(async () => {
      const sitsOut = round >= slowRounds && (this.samplesMs[0] ?? 0) * this.repeats > slowMs;
      this.samplesMs[round] = sitsOut ? null : await this.#timeMs(this.repeats);
    });
  }

  async finish(folder: string): Promise<void> {
    await this.#try(async () => {
      const { files } = await this.contender.ask({ do: "outputs", folder });
      this.outputs = Object.fromEntries(Object.entries(files!).map(([name, file]) => [name, readFloats(file)]));
    });
    await this.contender.ask({ do: "release" }).catch(() => undefined); // What failed may have nothing to release.
  }

  result(expected: Runner): EntryResult {
    const { contender, samplesMs, repeats, outputs } = this;
    const compared = this !== expected && outputs !== undefined && expected.outputs !== undefined;
    const difference = compared ? differenceOf(outputs, expected.outputs!) : null;
    return {
      contender: contender.id,
      samplesMs,
      repeats,
      difference,
      ...(this.error === undefined ? {} : { error: this.error }),
    };
  }
}

/**
 * Measures a case in rounds: each contender once a round, in an order that moves on by one from round to round, so that
 * a drift of the machine falls on all.
 * @param contenders Fledge first; the others are compared with it
 * @param folder for what goes between the processes; the same for all cases of a run
 */
export async function measureCase(
  { name, task }: Case,
  contenders: readonly Asked[],
  settings: RoundSettings,
  folder: string,
): Promise<CaseResult> {
  const inputs = await writeInputs(task, folder);
  const runners = contenders.map((contender) => new Runner(contender));
  for (const runner of runners) await runner.prepare(task, inputs);
  for (let round = 0; round < settings.rounds; round++) {
    for (let turn = 0; turn < runners.length; turn++) {
      await runners[(round + turn) % runners.length]!.measure(round, settings);
    }
  }
  for (const runner of runners) await runner.finish(folder);
  return { name, task, tolerance: tolerances[task.kind], entries: runners.map((runner) => runner.result(runners[0]!)) };
}
