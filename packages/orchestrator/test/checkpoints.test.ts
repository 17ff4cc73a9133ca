import { cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FolderLock } from "@fledge/files";
import { encodeSafetensors } from "@fledge/safetensors";
import { beforeAll, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { RunDirectory } from "../src/run/run-directory.ts";
import { drawBirds, small } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf } from "./run-files.ts";

const folder = await temporaryFolder();
const whole = join(folder, "whole");
const kept = join(folder, "kept");
let sound: Awaited<ReturnType<typeof outcomeOf>>;

beforeAll(async () => {
  const birds = await drawBirds(join(folder, "birds"));
  const { code, output } = await run("reproduce", ...birds, ...small, "--epochs", "3,1,1", "--run", whole);
  if (code !== 0) throw new Error(output);
  sound = await outcomeOf(whole);
});

beforeEach(async () => {
  await rm(kept, { recursive: true, force: true });
  await cp(whole, kept, { recursive: true });
});

const file = (...path: string[]): string => join(kept, ...path);

/** Flips one bit in the middle of a file's data. */
async function flip(path: string): Promise<void> {
  const bytes = await readFile(path);
  bytes[bytes.length - 1000]! ^= 4;
  await writeFile(path, bytes);
}

const oneLine = ({ output }: Outcome): string => output.replaceAll(/\s+/g, " ");
const doctor = (): Promise<Outcome> => run("doctor", "--run", kept);

it("with a damaged last checkpoint goes on from the one before it, says so, and comes to the same bits", async () => {
  await flip(file("teacher", "last.safetensors"));
  const found = await doctor();
  expect(found.code).toBe(1);
  expect(found.output).toMatch(
    /teacher\/last\.safetensors: its checksum does not fit: the file is damaged.*--resume" goes/,
  );
  const outcome = await run("reproduce", "--resume", "--run", kept);
  expect(outcome.code, outcome.output).toBe(0);
  expect(oneLine(outcome)).toMatch(
    /last\.safetensors: its checksum does not fit: .*\. The checkpoint before it is sound: going on after epoch 2/,
  );
  expect(await outcomeOf(kept)).toEqual(sound);
  expect((await doctor()).code).toBe(0);
});

it("with lost log lines neither stage waits for the other: the log is what the checkpoint says, and that is said", async () => {
  const log = file("teacher", "metrics.jsonl");
  const lines = await readFile(log, "utf8");
  const faults = {
    "": "is not what the checkpoint says was logged",
    [lines.slice(0, lines.length - 3)]: "ends in a line that was cut short",
    [`${lines}{"kind":"ep`]: "ends in a line that was cut short",
    [`nonsense\n${lines}`]: "is not what the checkpoint says was logged",
  };
  for (const [text, fault] of Object.entries(faults)) {
    await writeFile(log, text);
    expect(oneLine(await doctor())).toContain(`teacher/metrics.jsonl ${fault}: "npx fledge reproduce --run`);
    const outcome = await run("train", "student", "--run", kept);
    expect(outcome.code, outcome.output).toBe(0);
    expect(oneLine(outcome)).toMatch(
      new RegExp(`teacher/metrics\\.jsonl ${fault}: it is written again from \\S+/teacher/last\\.safetensors`),
    );
    expect(await readFile(log, "utf8")).toBe(lines);
  }
  await rm(log);
  expect(oneLine(await run("train", "student", "--run", kept))).toContain("metrics.jsonl is missing: it is written");
  expect(oneLine(await run("train", "student", "--run", kept))).not.toContain("metrics.jsonl");
});

it("with a damaged last checkpoint of the teacher the student waits for its last epoch, and no longer", async () => {
  await flip(file("teacher", "last.safetensors"));
  const early = await run("train", "student", "--run", kept);
  expect(early.code).toBe(1);
  expect(oneLine(early)).toContain('has no finished teacher: "npx fledge train teacher --run');
  expect((await run("train", "teacher", "--resume", "--run", kept)).code).toBe(0);
  expect((await run("train", "student", "--run", kept)).code).toBe(0);
  expect(await outcomeOf(kept)).toEqual(sound);
});

it("with damaged best weights says how to have them again, and has them again so", async () => {
  await flip(file("student", "best.safetensors"));
  const refused = await run("reproduce", "--resume", "--run", kept);
  expect(refused.code).toBe(1);
  expect(oneLine(refused)).toMatch(
    /student\/best\.safetensors: its checksum does not fit: .* Restore it, or remove \S+\/student to train this model again from its beginning, which gives the same weights/,
  );
  expect((await doctor()).output).toMatch(/student\/best\.safetensors: its checksum/);
  await rm(file("student"), { recursive: true });
  expect((await run("reproduce", "--resume", "--run", kept)).code).toBe(0);
  expect(await outcomeOf(kept)).toEqual(sound);
});

it("refuses best weights of another model or epoch", async () => {
  await cp(file("teacher", "best.safetensors"), file("student", "best.safetensors"));
  const refused = await run("reproduce", "--resume", "--run", kept);
  expect(refused.code).toBe(1);
  expect(oneLine(refused)).toMatch(/it holds epoch \d of teacher, and the best epoch of student is \d/);
});

it("refuses, with one sentence, checkpoints of which none is sound, and those of an earlier version", async () => {
  await flip(file("teacher", "last.safetensors"));
  const old = encodeSafetensors(new Map(), { progress: '{"epochsDone":2,"steps":10,"best":null}' });
  await writeFile(file("teacher", "previous.safetensors"), old);
  // A mend that is no mend, as "--resume goes on with it", is not given.
  const checked = await doctor();
  expect(checked.output).toMatch(/There is no other checkpoint: remove \S+\/teacher to train/);
  expect(checked.output).not.toMatch(/teacher.*goes on with it/);
  const refused = await run("reproduce", "--resume", "--run", kept);
  expect(refused.code).toBe(1);
  expect(oneLine(refused)).toMatch(
    /last\.safetensors: its checksum.*; \S+previous\.safetensors: it has no checksum: it is damaged, or of an earlier version of Fledge, whose runs this one cannot go on with\. There is no other checkpoint: remove \S+\/teacher to train/,
  );
});

it("is one process's: a second one is refused by every stage, and changes nothing", async () => {
  const lock = await FolderLock.take(kept);
  for (const command of [["reproduce", "--resume"], ["train", "student"], ["evaluate"], ["pseudo-label"]]) {
    const refused = await run(...command, "--run", kept);
    expect(refused.code).toBe(1);
    expect(oneLine(refused)).toMatch(/run\.lock: this run is in the hands of process \d+ on \S+ since \S+; wait until/);
  }
  expect((await doctor()).output).toContain("it is being worked on, by process");
  lock.release();
  expect((await doctor()).code).toBe(0);
});

it("is checked whole: each stage that lacks something and each file that is damaged has a line with its mend", async () => {
  await rm(file("noisy-student"), { recursive: true });
  await rm(file("report"), { recursive: true });
  await writeFile(file("kernels.json"), "[{");
  await writeFile(file("results.json"), "");
  await writeFile(file("environment.json"), "");
  await writeFile(file("inputs.json"), "{}");
  await writeFile(file("data", "labelled.manifest.json"), "");
  await writeFile(file("teacher", "metrics.jsonl"), "");
  const { code, output } = await doctor();
  expect(code).toBe(1);
  for (const found of [
    /^noisy-student: no epoch of its training is kept: "npx fledge reproduce --run .* --resume" goes on with it$/m,
    /^\S+kernels\.json is no JSON .*: restore it, or remove it to go on with kernels chosen anew$/m,
    /^\S+results\.json.*: restore it/m,
    /^\S+inputs\.json is damaged: restore it, or remove it to go on/m,
    /^\S+environment\.json is no JSON: restore it/m,
    /^\S+labelled\.manifest\.json is no JSON .*: remove it/m,
    /^\S+teacher\/metrics\.jsonl is not what the checkpoint says was logged: .*, which writes it again$/m,
  ])
    expect(output).toMatch(found);
});

it("is opened once by its check, and its results are read once: both may be another's in between", async () => {
  const opened = vi.spyOn(RunDirectory, "open");
  const read = vi.spyOn(RunDirectory.prototype, "results");
  onTestFinished(() => void vi.restoreAllMocks());
  expect((await doctor()).code).toBe(0);
  expect(opened).toHaveBeenCalledTimes(1);
  expect(read).toHaveBeenCalledTimes(1);
});
