import { EventEmitter, once } from "node:events";
import { readdirSync, watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** The folder and those in it, where sources lie. */
const sourceFolders = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !join(entry.parentPath, entry.name).includes("node_modules"))
    .map((entry) => join(entry.parentPath, entry.name));

/** Editors write a file in several steps, each of which is a change. */
const settleMs = 100;

/**
 * Calls `run` now, and again after each change of a `.wgsl` or `.ts` file in a folder of `root`; a change while it runs
 * counts. Each folder is watched by itself, for a file that an editor puts in the place of another is no longer watched.
 * @returns when `signal` is given and aborted
 */
export async function rerunOnChange(root: string, run: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  const changes = new EventEmitter();
  const folders = sourceFolders(root).map((folder) =>
    watch(folder, (_event, file) => {
      if (file === null || /\.(wgsl|ts)$/.test(file)) changes.emit("change");
    }),
  );
  signal?.addEventListener("abort", () => changes.emit("change"));
  try {
    while (!signal?.aborted) {
      const changed = once(changes, "change");
      await run();
      await changed;
      await wait(settleMs);
    }
  } finally {
    for (const watcher of folders) watcher.close();
  }
}
