import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { folderHolder, FolderLock, FolderLockedError, lockName, thisProcess } from "../src/index.ts";

let folder = "";
let file = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fledge-lock-"));
  file = join(folder, lockName);
});
afterEach(() => rmSync(folder, { recursive: true }));

const since = "2026-11-26T00:00:00.000Z";
const ownedBy = (changes: object): void =>
  writeFileSync(file, JSON.stringify({ ...thisProcess(), token: "other", since, ...changes }));

const lockModule = join(import.meta.dirname, "..", "src", "index.ts");

/** A process that takes the lock, says whether it has it, and lives on. */
function taker() {
  const script = `
    const { FolderLock } = await import(${JSON.stringify(lockModule)});
    setInterval(() => {}, 1000);
    process.once("SIGTERM", () => process.exit(0));
    FolderLock.take(${JSON.stringify(folder)}).then(() => console.log("taken"), (error) => console.log(error.name));`;
  return spawn(process.execPath, ["--import", import.meta.resolve("tsx"), "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

const said = async (child: ReturnType<typeof taker>): Promise<string> =>
  String((await once(child.stdout, "data"))[0]).trim();

it("is one process's until it gives it back", async () => {
  const lock = await FolderLock.take(folder);
  const error: unknown = await FolderLock.take(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(FolderLockedError);
  expect((error as Error).message).toContain(`${file}: this run is in the hands of process ${process.pid} on `);
  expect((error as Error).message).toMatch(/since \S+; wait until it ends, or end it \(kill \d+\)$/);
  lock.release();
  expect(existsSync(file)).toBe(false);
  expect(await folderHolder(folder)).toBeNull();
  (await FolderLock.take(folder)).release();
});

it("has one owner of many that ask at once, and passes on when that one is killed or ends", async () => {
  const children = [taker(), taker(), taker()];
  const answers = await Promise.all(children.map(said));
  expect(answers.toSorted()).toEqual(["FolderLockedError", "FolderLockedError", "taken"]);
  const owner = children[answers.indexOf("taken")]!;
  await expect(FolderLock.take(folder)).rejects.toThrow(`process ${owner.pid} on`);
  for (const child of children) {
    child.kill(child === owner ? "SIGKILL" : "SIGTERM");
    await once(child, "close");
  }
  expect(existsSync(file)).toBe(true);
  const next = taker();
  expect(await said(next)).toBe("taken");
  next.kill("SIGTERM");
  await once(next, "close");
  expect(existsSync(file)).toBe(false);
});

it("has one owner of many that take a dead one's place at once", async () => {
  ownedBy({ boot: "before" });
  const children = [taker(), taker(), taker()];
  expect((await Promise.all(children.map(said))).toSorted()).toEqual([
    "FolderLockedError",
    "FolderLockedError",
    "taken",
  ]);
  // Else one might still write where the folder is removed.
  for (const child of children) {
    child.kill("SIGKILL");
    await once(child, "close");
  }
});

it("passes on after the machine was started anew, and where the process id is another's by now", async () => {
  for (const dead of [{ boot: "before" }, { started: "1" }]) {
    if (thisProcess().started === "0" && "started" in dead) continue; // The system does not say.
    ownedBy(dead);
    const lock = await FolderLock.take(folder);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject(thisProcess());
    lock.release();
  }
});

it("of another machine passes on when it has been silent for minutes, and not before", async () => {
  const ago = (seconds: number): void => {
    const at = Date.now() / 1000 - seconds;
    utimesSync(file, at, at);
  };
  for (const change of [{ machine: "elsewhere", host: "node-7", pid: 12 }, { token: 3 }]) {
    ownedBy(change);
    ago(60);
    await expect(FolderLock.take(folder)).rejects.toThrow(
      /in the hands of (process 12 on node-7 since \S+|an unknown process), which gave its last sign of life (59|[6-9]\d|1\d\d) s ago\. If it is dead, remove .*run\.lock, or try again when it has been silent for 5 minutes/,
    );
    ago(301);
    (await FolderLock.take(folder)).release();
  }
});

it("tells an owner that has lost it, and is written again where it was merely removed", async () => {
  const lock = await FolderLock.take(folder);
  rmSync(file);
  await lock.check();
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject(thisProcess());
  ownedBy({ pid: 12 });
  await expect(lock.check()).rejects.toThrow(/is another process's by now \(12\): this one ends/);
  lock.release();
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: 12 });
});
