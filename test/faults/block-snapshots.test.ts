// Real runs on a file system of their own, whose blocks are copied while they are written: what a disk holds when the
// power fails, as the kernel wrote it.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, ftruncateSync, mkdirSync, openSync, closeSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect, it } from "vitest";
import { casesOf, figure, long, seed, seeded } from "./effort.ts";
import { expectSame } from "./fledge-on.ts";
import { startFledge, taken } from "./processes.ts";
import { canMount, diskFolder, mount, unmount } from "./mounts.ts";
import { kindsOfRun, newFolder } from "./real-runs.ts";
import { restartMachine } from "./recorded-disk.ts";

const sizeBytes = 16 * 2 ** 20;

/** How the kernel is told to write, which decides what a lost disk holds. */
const mountOptions = ["commit=1", "commit=1,data=writeback", "commit=1,nodelalloc", "commit=1,data=journal"];

const mountImage = (image: string, options: string): string => mount("-o", `loop,${options}`, image);

/** A new ext4 in a file. */
function format(name: string): string {
  const image = join(diskFolder, name);
  writeSparse(image, Buffer.alloc(0));
  execFileSync("mkfs.ext4", ["-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", image], { stdio: "pipe" });
  return image;
}

/** Writes what is not zero; as long as a disk. */
function writeSparse(file: string, bytes: Buffer): void {
  const handle = openSync(file, "w");
  const block = 2 ** 16;
  const zeros = Buffer.alloc(block);
  for (let at = 0; at < bytes.length; at += block) {
    const part = bytes.subarray(at, at + block);
    if (!part.equals(zeros)) writeSync(handle, part, 0, part.length, at);
  }
  ftruncateSync(handle, sizeBytes);
  closeSync(handle);
}

/** All blocks as they are at one moment; undefined where the disk is written to all the time. */
function blocksOf(image: string): Buffer | undefined {
  for (let attempt = 0; attempt < 20; attempt++) {
    const blocks = readFileSync(image);
    // Two equal copies, one after the other: nothing was written while the first was made.
    if (readFileSync(image).equals(blocks)) return blocks;
  }
  return undefined;
}

const [reproduce] = kindsOfRun.reproduce;

/** Copies a disk's blocks at random moments while a run is written to it. */
async function snapshotsOfRun(options: string, wanted: number, random: () => number): Promise<string[]> {
  const image = format(`run-${options}`);
  const place = mountImage(image, options);
  const run = join(place, "run");
  const fledge = await startFledge(reproduce(run));
  await taken(run, fledge);
  const seen = new Set<string>();
  const files: string[] = [];
  const began = performance.now();
  while (!fledge.isOver()) {
    await Promise.race([fledge.ended, wait(random() * 40)]);
    const blocks = blocksOf(image);
    const hash = blocks && createHash("sha256").update(blocks).digest("hex");
    if (hash === undefined || seen.has(hash)) continue;
    seen.add(hash);
    files.push(join(diskFolder, `${options}-${files.length}`));
    writeSparse(files.at(-1)!, blocks!);
  }
  const { code, output } = await fledge.ended;
  expect(code, output).toBe(0);
  unmount(place);
  expect(files.length, `${performance.now() - began} ms`).toBeGreaterThan(5);
  // Drawn from all that were there, lest most are of the beginning.
  return files
    .map((file) => ({ file, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, wanted)
    .map(({ file }) => file);
}

it.runIf(canMount(() => mountImage(format("trial"), "commit=1")))(
  "the blocks of an ext4 as they were at any moment: the run comes to the same bits",
  { timeout: 24 * 3_600_000 },
  async () => {
    const random = seeded(seed, 6);
    const whole = newFolder();
    const { code, output } = await (await startFledge(reproduce(whole))).ended;
    expect(code, output).toBe(0);
    const sound = await outcomeOf(whole);
    const wanted = casesOf(2, 50);
    let done = 0;
    let begun = 0;
    for (const options of long ? mountOptions : mountOptions.slice(0, 1)) {
      const share = Math.ceil((wanted - done) / (long ? mountOptions.length - mountOptions.indexOf(options) : 1));
      for (const snapshot of await snapshotsOfRun(options, share, random)) {
        // The kernel replays the journal, as it would when the machine is started anew.
        const place = mountImage(snapshot, "commit=1");
        const target = newFolder();
        if (existsSync(join(place, "run"))) cpSync(join(place, "run"), target, { recursive: true });
        else mkdirSync(target);
        unmount(place);
        restartMachine(target);
        if (existsSync(join(target, "config.json"))) begun += 1;
        await expectSame(target, sound, `${options}, ${snapshot}`);
        done += 1;
      }
      figure(
        `seed ${seed}: ${done} states of an ext4's blocks while a run was written to it (${begun} after it had begun): all went on to the same bits`,
      );
    }
  },
);
