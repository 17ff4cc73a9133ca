import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fingerprintOf } from "../src/fingerprints.ts";
import { temporaryFolder } from "./folders.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test.each([0, 5, 2 ** 24 - 1, 2 ** 24, 2 ** 24 + 5])("a file of %i bytes by its content", async (sizeBytes) => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "abcde".slice(0, sizeBytes));
  truncateSync(file, sizeBytes);
  const wanted = Buffer.alloc(sizeBytes);
  wanted.write("abcde".slice(0, sizeBytes));
  expect(await fingerprintOf(file)).toMatchObject({ sizeBytes, sha256: sha256(wanted) });
});

test("an untouched file keeps the hash that is known, a touched one is read", async () => {
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "a");
  const known = { ...(await fingerprintOf(file)), sha256: "known" };
  expect(await fingerprintOf(file, known)).toBe(known);
  writeFileSync(file, "bb"); // Another size: the two writes may share a tick of the clock.
  expect((await fingerprintOf(file, known)).sha256).toBe(sha256(Buffer.from("bb")));
});

test("what is not there and what would never end are unreadable", async () => {
  const folder = temporaryFolder();
  execFileSync("/usr/bin/env", ["mkfifo", join(folder, "pipe")]);
  for (const name of ["none", "pipe", "."]) {
    expect((await fingerprintOf(join(folder, name))).sha256).toBe("unreadable");
  }
});
