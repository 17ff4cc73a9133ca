// Real runs, on a device: each kind of call on each kind of file failed, in each way.
import { relative } from "node:path";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect, it } from "vitest";
import { figure, long, seed, seeded, tried } from "./effort.ts";
import { failingCalls, failures, type Failure } from "./failing-calls.ts";
import { reproduceOn } from "./fledge-on.ts";
import type { Call } from "./interposed.ts";
import { newFolder } from "./real-runs.ts";

/** What a call does to which file of the run, whatever process does it: `rename teacher/last.safetensors`. */
const kindOf = (run: string, { kind, path }: Call): string =>
  `${kind} ${relative(run, path).replace(/\.\d+-\w+-\w+-\w+-\d+\.partial$/, ".partial") || "."}`;

/** The ways in which calls of each kind are still to be failed. */
type Untried = Map<string, Failure[]>;

/** A command ends with a sentence that says what failed. */
function expectSaid(output: string, failure: Failure, where: string): void {
  const oneLine = output.replaceAll(/\s+/g, " ");
  expect(oneLine, where).toMatch(new RegExp(`(cannot be written|a run's folder) \\(${failure}: `));
  expect(output, where).not.toMatch(/^\s+at .*[:(]/m);
}

/**
 * A run whose commands fail one after the other, each at a call of a kind that is still to be tried, until one comes to
 * the run's end.
 * @param skips whether a call is left to one of its kind that comes later
 */
async function failAgainAndAgain(untried: Untried, skips: () => boolean, told: string[]): Promise<string> {
  const run = newFolder();
  for (;;) {
    let failed: Failure | undefined;
    const system = failingCalls((call) => {
      const kind = kindOf(run, call);
      const left = untried.get(kind);
      if (failed !== undefined || left === undefined || skips()) return undefined;
      const failure = left.shift()!;
      if (left.length === 0) untried.delete(kind);
      told.push(`${kind}: ${failure}`);
      if (failure !== "short write") failed = failure;
      return failure;
    });
    const { code, output } = await reproduceOn(system, run);
    const where = `${told.slice(-5).join("; ")}: ${output}`;
    expect(code, where).toBe(failed === undefined ? 0 : 1);
    if (failed === undefined) return run;
    expectSaid(output, failed, where);
  }
}

it(
  "a call failed: the command ends with a sentence, and the run comes to the same bits",
  { timeout: 24 * 3_600_000 },
  async () => {
    const counted = failingCalls();
    const whole = newFolder();
    const { code, output } = await reproduceOn(counted, whole);
    expect(code, output).toBe(0);
    const sound = await outcomeOf(whole);
    const kinds = new Set(counted.calls.map((call) => kindOf(whole, call)));
    const all = [...kinds].flatMap((kind) =>
      failures.filter((way) => way !== "short write" || kind.startsWith("write ")).map((way) => [kind, way] as const),
    );
    const untried: Untried = new Map();
    const cases = tried(all, 2, Infinity, seeded(seed, 5));
    for (const [kind, failure] of cases) untried.set(kind, [...(untried.get(kind) ?? []), failure]);
    const random = seeded(seed, 3);
    const told: string[] = [];
    for (let round = 1; untried.size > 0; round++) {
      const run = await failAgainAndAgain(untried, () => long && random() < 0.5 / round, told);
      expect(await outcomeOf(run), told.join("\n")).toEqual(sound);
      figure(
        `seed ${seed}: ${told.length} of ${all.length} pairs of a kind of call (of ${kinds.size}) and a failure, over ${round} real runs: all came to the same bits`,
      );
    }
    expect(told).toHaveLength(cases.length);
  },
);
