// Real runs, on a device: each kind of call on each kind of file failed, in each way.
import { relative } from "node:path";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect, it } from "vitest";
import { figure, seed, seeded, tried } from "./effort.ts";
import { failingCalls, failures, type Failure } from "./failing-calls.ts";
import { expectSame, reproduceOn } from "./fledge-on.ts";
import type { Call } from "./interposed.ts";
import { newFolder } from "./real-runs.ts";

/** What a call does to which file of the run, whatever process does it: `rename teacher/last.safetensors`. */
const kindOf = (run: string, { kind, path }: Call): string =>
  `${kind} ${relative(run, path).replace(/\.\d+-\w+-\w+-\w+-\d+\.partial$/, ".partial") || "."}`;

interface Case {
  readonly call: number;
  readonly kind: string;
  readonly failure: Failure;
}

/** Of each kind of call one, drawn at random, for each way to fail; so many in all. */
function stratified(kinds: readonly string[], random: () => number): Case[] {
  const calls = new Map<string, number[]>();
  for (const [call, kind] of kinds.entries()) calls.set(kind, [...(calls.get(kind) ?? []), call]);
  return [...calls].flatMap(([kind, of]) =>
    failures
      .filter((failure) => failure !== "short write" || kind.startsWith("write "))
      .map((failure) => ({ call: of[Math.floor(random() * of.length)]!, kind, failure })),
  );
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
    const kinds = counted.calls.map((call) => kindOf(whole, call));
    const all = stratified(kinds, seeded(seed, 3));
    const cases = tried(all, 2, Infinity, seeded(seed, 5));
    for (const [index, { call, kind, failure }] of cases.entries()) {
      const path = newFolder();
      const system = failingCalls(failure, (made) => made === call);
      const failed = await reproduceOn(system, path);
      const where = `${failure} at call ${call}, ${kind}: ${failed.output}`;
      expect(kindOf(path, system.calls[call]!), where).toBe(kind);
      expect(failed.code, where).toBe(failure === "short write" ? 0 : 1);
      const said =
        failure === "short write" ? /the report is/ : new RegExp(`(cannot be written|a run's folder) \\(${failure}: `);
      expect(failed.output.replaceAll(/\s+/g, " "), where).toMatch(said);
      expect(failed.output, where).not.toMatch(/^\s+at .*[:(]/m);
      await expectSame(path, sound, where);
      if (index % 20 === 19 || index + 1 === cases.length)
        figure(
          `seed ${seed}: ${index + 1} of ${all.length} pairs of a kind of call and a failure, which stand for ${kinds.length * failures.length} in a real run: all went on to the same bits`,
        );
    }
  },
);
