// Every call that a run makes of the file system, failed once in each way, and the power cut at every one of them.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileError, useFileSystem } from "@fledge/files";
import { afterAll, expect, it, vi } from "vitest";
import { figure, long, seeded, tried } from "./effort.ts";
import { failingCalls, failures, type Failure } from "./failing-calls.ts";
import { layOut, losses, recordingFileSystem, type Operation } from "./recorded-disk.ts";
import { filesOf, scriptedRun } from "./scripted-run.ts";

// Who takes a dead process's lock waits a moment for others who do; here there are none.
vi.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "fledge-faults-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hours = 24 * 3_600_000;
let runs = 0;
const newFolder = (): string => join(folder, `run-${runs++}`);

/** Runs on another file system. */
async function on(system: ReturnType<typeof recordingFileSystem>, body: () => Promise<void>): Promise<unknown> {
  const restore = useFileSystem(system);
  try {
    return await body().catch((error: unknown) => error);
  } finally {
    restore();
  }
}

const whole = newFolder();
const counted = failingCalls();
await on(counted, () => scriptedRun(whole));
const sound = await filesOf(whole);

it(
  "each call of a run failed once in each way: the error names the file, and the run comes to the same bits",
  { timeout: hours },
  async () => {
    const random = seeded(1);
    const all = Array.from({ length: counted.calls.length }, (_, call) =>
      failures.map((failure) => [call, failure] as const),
    );
    const cases = tried(all.flat(), 120, Infinity, random);
    expect(counted.calls.length).toBeGreaterThan(150);
    for (const [call, failure] of cases) {
      const path = newFolder();
      // The call alone, or that one and all after it: a disk that stays full.
      const lasts = (call + failures.indexOf(failure)) % 2 === 0;
      const fails = (made: number): boolean => (lasts ? made >= call : made === call);
      const failing = failingCalls((_, made) => (fails(made) ? failure : undefined));
      const error = await on(failing, () => scriptedRun(path));
      expect(saidOf(error, path, failure), `${failure} at ${call}: ${String(error)}`).toBe("what it should");
      expect(await on(failingCalls(), () => scriptedRun(path)), `${failure} at ${call}`).toBeUndefined();
      expect(await filesOf(path), `${failure} at ${call}`).toEqual(sound);
      rmSync(path, { recursive: true });
    }
    figure(`${cases.length} of ${all.flat().length} pairs of a call and a failure: all went on to the same bits`);
  },
);

/** Whether a run ended as it should: a short write goes on, and all else names a file of the run and the failure. */
function saidOf(error: unknown, path: string, failure: Failure): "what it should" | "something else" {
  const said = error === undefined ? "" : (error as Error).message;
  const right =
    failure === "short write"
      ? error === undefined
      : (error instanceof FileError && said.startsWith(path) && said.includes(` cannot be written (${failure}: `)) ||
        said.startsWith(`${path} cannot be a run's folder (${failure}: `);
  return right ? "what it should" : "something else";
}

it(
  "the power cut after each call, whatever the disk kept of what was not synced: the run comes to the same bits",
  { timeout: hours },
  async () => {
    const random = seeded(2);
    const operations: Operation[] = [];
    const path = newFolder();
    expect(await on(recordingFileSystem(operations), () => scriptedRun(path))).toBeUndefined();
    const all = operations.flatMap((_, index) => losses.map((loss) => [index + 1, loss] as const));
    const cases = tried(all, 120, Infinity, random);
    for (let round = 0; round < (long ? 5 : 1); round++) {
      for (const [count, loss] of cases) {
        const target = newFolder();
        layOut(operations.slice(0, count), path, target, loss, random);
        const where = `${loss}, after ${count} of ${operations.length} operations`;
        expect(await on(failingCalls(), () => scriptedRun(target)), where).toBeUndefined();
        expect(await filesOf(target), where).toEqual(sound);
        rmSync(target, { recursive: true });
      }
    }
    figure(`${cases.length * (long ? 5 : 1)} power cuts of a recorded run: all went on to the same bits`);
  },
);
