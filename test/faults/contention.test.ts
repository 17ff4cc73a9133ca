// Many processes that go on with one run at once, or begin it: one has it, and the others say whose it is.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { casesOf, figure, long } from "./effort.ts";
import { holds, startFledge, taken, type FledgeProcess } from "./processes.ts";
import { begin, newFolder } from "./real-runs.ts";

/** Longer than all others take to be refused. */
const endless = ["--epochs", "100000,1,1"];
const commandOf = begin(["train", "teacher"], endless);
const processes = long ? 8 : 3;

/** The owner among processes that are all after one run, once every other one has ended. */
async function ownerOf(all: readonly FledgeProcess[]): Promise<FledgeProcess> {
  let over = 0;
  await new Promise<void>((resolve) => {
    for (const { ended } of all) void ended.then(() => (over += 1) === all.length - 1 && resolve());
  });
  return all.find((one) => !one.isOver())!;
}

const stepsOf = (run: string): { epoch: number; step: number; loss: number }[] =>
  readFileSync(join(run, "teacher", "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { kind: string; epoch: number; step: number; loss: number })
    .filter(({ kind }) => kind === "step");

it(
  "one of many processes has the run, the others end with its name, and the bits are those of one alone",
  async () => {
    const rounds = casesOf(2, 25);
    const run = newFolder();
    let refused = 0;
    for (let round = 0; round < rounds; round++) {
      // The first round begins the run; every later one finds a dead owner's lock.
      const all = await Promise.all(Array.from({ length: processes }, () => startFledge(commandOf(run))));
      const owner = await ownerOf(all);
      expect(holds(run, owner.child.pid!)).toBe(true);
      const epoch = stepsOfKept(run);
      while (!owner.isOver() && stepsOfKept(run) === epoch) await new Promise((resolve) => setTimeout(resolve, 20));
      owner.child.kill("SIGKILL");
      expect((await owner.ended).killed, (await owner.ended).output).toBe(true);
      for (const other of all.filter((one) => one !== owner)) {
        const { code, output } = await other.ended;
        expect(code, output).toBe(1);
        expect(output.replaceAll(/\s+/g, " ")).toMatch(
          new RegExp(
            `this run is in the hands of process ${owner.child.pid} on \\S+ since |is not empty: give another folder|holds a run: continue it with --resume`,
          ),
        );
        expect(output).not.toMatch(/^\s+at .*[:(]/m);
        refused += 1;
      }
    }
    const steps = stepsOf(run);
    expect(new Set(steps.map(({ epoch, step }) => `${epoch} ${step}`)).size).toBe(steps.length);

    const alone = newFolder();
    const one = await startFledge(commandOf(alone));
    await taken(alone, one);
    while (!one.isOver() && stepsOfKept(alone) < steps.length) await new Promise((resolve) => setTimeout(resolve, 20));
    one.child.kill("SIGKILL");
    await one.ended;
    expect(stepsOf(alone).slice(0, steps.length)).toEqual(steps);
    figure(
      `${rounds} times ${processes} processes at once on one run: one had it each time, ${refused} were refused with its name, and ${steps.length} steps came to the same bits`,
    );
  },
  24 * 3_600_000,
);

/** How many steps are logged by now. */
function stepsOfKept(run: string): number {
  try {
    return stepsOf(run).length;
  } catch {
    return 0; // There is no log yet.
  }
}
