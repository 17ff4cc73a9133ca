// Real runs, on a device: killed at random moments, a call of the file system failed, the power cut.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { useFileSystem, type FileSystem } from "@fledge/files";
import { drawBirds, small } from "@fledge/orchestrator/test/birds.ts";
import { run, type Outcome } from "@fledge/orchestrator/test/fledge.ts";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { afterAll, expect, it } from "vitest";
import { casesOf, figure, seeded, tried } from "./effort.ts";
import { failures, FailingCalls } from "./failing-calls.ts";
import { layOut, losses, recordingFileSystem, type Operation } from "./recorded-disk.ts";

const command = fileURLToPath(import.meta.resolve("@fledge/orchestrator/bin/fledge.mjs"));
const hours = 24 * 3_600_000;
const folder = mkdtempSync(join(tmpdir(), "fledge-faults-"));
afterAll(() => rmSync(folder, { recursive: true }));

const birds = await drawBirds(join(folder, "birds"));
const settings = [...birds, ...small, "--epochs", "2,1,1"];

let runs = 0;
const newFolder = (): string => join(folder, `run-${runs++}`);

/** The command that goes on with a run, or begins it where it never began. */
const argumentsFor = (path: string): string[] =>
  existsSync(join(path, "config.json"))
    ? ["reproduce", "--run", path, "--resume"]
    : ["reproduce", "--run", path, ...settings];

/** Runs `fledge` in this process on another file system. */
async function on(system: FileSystem, path: string): Promise<Outcome> {
  const restore = useFileSystem(system);
  try {
    return await run(...argumentsFor(path));
  } finally {
    restore();
  }
}

const operations: Operation[] = [];
const whole = newFolder();
const recorded = await on(recordingFileSystem(operations), whole);
const sound = await outcomeOf(whole);

/** A run that was cut off must come to the same bits. */
async function expectSame(path: string, where: string): Promise<void> {
  const { code, output } = await on(new FailingCalls(), path);
  expect(code, `${where}: ${output}`).toBe(0);
  expect(await outcomeOf(path), where).toEqual(sound);
  rmSync(path, { recursive: true });
}

it(
  "a call failed: the command ends with a sentence, and the run comes to the same bits",
  { timeout: hours },
  async () => {
    expect(recorded.code, recorded.output).toBe(0);
    const counted = new FailingCalls();
    await expectCompletes(counted);
    const all = Array.from({ length: counted.calls }, (_, call) => failures.map((failure) => [call, failure] as const));
    const cases = tried(all.flat(), 2, 300, seeded(3));
    for (const [call, failure] of cases) {
      const path = newFolder();
      const { code, output } = await on(new FailingCalls(failure, (made) => made === call), path);
      const where = `${failure} at ${call} of ${counted.calls}: ${output}`;
      expect(code, where).toBe(failure === "short write" ? 0 : 1);
      const said =
        failure === "short write" ? /the report is/ : new RegExp(`(cannot be written|a run's folder) \\(${failure}: `);
      expect(output.replaceAll(/\s+/g, " "), where).toMatch(said);
      expect(output, where).not.toMatch(/^\s+at .*[:(]/m);
      await expectSame(path, where);
    }
    figure(
      `${cases.length} of ${all.flat().length} calls of a real run failed, each in one way: all went on to the same bits`,
    );
  },
);

/** Counts the calls of a whole run. */
async function expectCompletes(system: FileSystem): Promise<void> {
  const path = newFolder();
  const { code, output } = await on(system, path);
  expect(code, output).toBe(0);
  rmSync(path, { recursive: true });
}

it("the power cut: the run comes to the same bits", { timeout: hours }, async () => {
  const random = seeded(4);
  const all = operations.flatMap((_, index) => losses.map((loss) => [index + 1, loss] as const));
  const cases = tried(all, 2, 200, random);
  for (const [count, loss] of cases) {
    const target = newFolder();
    layOut(operations.slice(0, count), whole, target, loss, random);
    await expectSame(target, `${loss}, after ${count} of ${operations.length} operations`);
  }
  figure(`${cases.length} of ${all.length} power cuts of a recorded real run: all went on to the same bits`);
});

/** Runs `fledge` in a process of its own and kills it after a while. @returns whether it was killed before its end */
async function killed(path: string, afterMs: number): Promise<boolean> {
  const child = spawn(process.execPath, [command, ...argumentsFor(path)], { stdio: "ignore" });
  const ended = once(child, "close");
  await Promise.race([ended, wait(afterMs)]);
  child.kill("SIGKILL");
  const [, signal] = (await ended) as [number | null, string | null];
  return signal === "SIGKILL";
}

it("killed at random moments: the run comes to the same bits", { timeout: hours }, async () => {
  const random = seeded(5);
  let [kills, finished] = [0, 0];
  for (const wanted = casesOf(2, 1000); kills < wanted;) {
    const path = newFolder();
    for (let round = 0; round < 8 && kills < wanted; round++) {
      if (!(await killed(path, 500 + random() * 6000))) break;
      kills += 1;
    }
    await expectSame(path, `after ${kills} kills`);
    finished += 1;
  }
  figure(`${kills} kills at random moments over ${finished} real runs: all came to the same bits`);
});
