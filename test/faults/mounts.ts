import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A folder for disks in files, removed after the last test, as is all that is mounted below it. */
export const diskFolder = mkdtempSync(join(tmpdir(), "fledge-disks-"));

const mounted = new Set<string>();
afterAll(() => {
  for (const place of mounted) unmount(place);
  rmSync(diskFolder, { recursive: true });
});

let places = 0;

/** Mounts a file system. @param args of `mount`, such as `-t tmpfs -o size=1m none` @returns where it is */
export function mount(...args: readonly string[]): string {
  const place = join(diskFolder, `disk-${places++}`);
  mkdirSync(place);
  execFileSync("mount", [...args, place], { stdio: "pipe" });
  mounted.add(place);
  return place;
}

export function unmount(place: string): void {
  execFileSync("umount", [place], { stdio: "pipe" });
  mounted.delete(place);
}

/** Whether this user may mount, and has the tools. @param make mounts something */
export function canMount(make: () => string): boolean {
  try {
    unmount(make());
    return true;
  } catch {
    return false;
  }
}
