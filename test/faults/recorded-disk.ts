import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { lockName, nodeFileSystem, thisProcess, type FileSystem } from "@fledge/files";

/** A file's contents, whatever it is called. */
interface Inode {
  readonly id: number;
}

/** A system call that changes a disk. */
type Operation =
  | { readonly kind: "makeFolder" | "syncFolder" | "remove"; readonly path: string }
  | { readonly kind: "create"; readonly path: string; readonly inode: Inode }
  | { readonly kind: "write"; readonly inode: Inode; readonly bytes: Uint8Array }
  | { readonly kind: "sync"; readonly inode: Inode }
  | { readonly kind: "rename" | "link"; readonly from: string; readonly to: string };

/** Node's file system, which also writes down what is asked of it; nothing waits for a disk. */
export function recordingFileSystem(operations: Operation[]): FileSystem {
  let inodes = 0;
  return {
    async makeFolder(path) {
      await nodeFileSystem.makeFolder(path);
      operations.push({ kind: "makeFolder", path });
    },
    async create(path) {
      const file = await nodeFileSystem.create(path);
      const inode = { id: inodes++ };
      operations.push({ kind: "create", path, inode });
      return {
        async write(bytes, from) {
          const taken = await file.write(bytes, from);
          operations.push({ kind: "write", inode, bytes: bytes.slice(from, from + taken) });
          return taken;
        },
        sync: () => Promise.resolve(void operations.push({ kind: "sync", inode })),
        close: () => file.close(),
      };
    },
    async rename(from, to) {
      await nodeFileSystem.rename(from, to);
      operations.push({ kind: "rename", from, to });
    },
    async link(from, to) {
      await nodeFileSystem.link(from, to);
      operations.push({ kind: "link", from, to });
    },
    syncFolder: (path) => Promise.resolve(void operations.push({ kind: "syncFolder", path })),
    async remove(path) {
      await nodeFileSystem.remove(path);
      operations.push({ kind: "remove", path });
    },
  };
}

/** What becomes of what was not synced when the power fails. */
export type Loss = "all lost" | "all kept" | "some lost" | "names kept, contents lost" | "names kept, contents zero";

export const losses: readonly Loss[] = [
  "all lost",
  "all kept",
  "some lost",
  "names kept, contents lost",
  "names kept, contents zero",
];

type Names = Map<string, Inode | "folder">;

/** A change of the names in a folder, which is on the disk for certain once that folder is synced. */
interface NameChange {
  readonly folder: string;
  readonly apply: (names: Names) => void;
}

/** A change that keeps what a name stands for at this moment, whichever changes before it are lost. */
function changeOf(operation: Operation, now: Names): NameChange | undefined {
  switch (operation.kind) {
    case "makeFolder":
      return { folder: dirname(operation.path), apply: (names) => void names.set(operation.path, "folder") };
    case "create":
      return { folder: dirname(operation.path), apply: (names) => void names.set(operation.path, operation.inode) };
    case "remove":
      return { folder: dirname(operation.path), apply: (names) => void names.delete(operation.path) };
    case "link":
    case "rename": {
      const moved = now.get(operation.from)!;
      const apply = (names: Names): void => {
        if (operation.kind === "rename") names.delete(operation.from);
        names.set(operation.to, moved);
      };
      return { folder: dirname(operation.to), apply };
    }
    case "write":
    case "sync":
    case "syncFolder":
      return undefined;
  }
}

/** How many bytes of a file's unsynced end are kept, and whether the rest is there as zeros. */
function keptContents(loss: Loss, synced: number, length: number, random: () => number): [number, number] {
  if (loss === "all kept") return [length, length];
  if (loss === "names kept, contents zero") return [synced, length];
  return [loss === "some lost" ? synced + Math.floor(random() * (length - synced + 1)) : synced, 0];
}

/** A name or a lock's text of this start of the machine, as if the machine had been started anew since. */
function reboot(text: string): string {
  const { boot } = thisProcess();
  return text.replaceAll(`-${boot}-`, "-before-").replace(`"boot":"${boot}"`, '"boot":"before"');
}

/** Makes what this machine's processes left in a run's folder that of dead ones, by starting the machine anew. */
export function restartMachine(run: string): void {
  for (const entry of readdirSync(run, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.name === lockName) writeFileSync(file, reboot(readFileSync(file, "utf8")));
    if (reboot(entry.name) !== entry.name) renameSync(file, join(entry.parentPath, reboot(entry.name)));
  }
}

/**
 * Lays out in `target` what a disk may hold when the power fails after these operations under `root`: what was synced,
 * and of the rest what `loss` says. The machine is started anew, so that the process that wrote is dead.
 */
export function layOut(
  operations: readonly Operation[],
  root: string,
  target: string,
  loss: Loss,
  random: () => number,
): void {
  const now: Names = new Map();
  const contents = new Map<Inode, { bytes: Buffer; synced: number }>();
  let changes: NameChange[] = [];
  const onDisk: Names = new Map();
  for (const operation of operations) {
    const change = changeOf(operation, now);
    if (change !== undefined) {
      changes.push(change);
      change.apply(now);
    }
    if (operation.kind === "create") contents.set(operation.inode, { bytes: Buffer.alloc(0), synced: 0 });
    if (operation.kind === "write") {
      const file = contents.get(operation.inode)!;
      file.bytes = Buffer.concat([file.bytes, operation.bytes]);
    }
    if (operation.kind === "sync") {
      const file = contents.get(operation.inode)!;
      file.synced = file.bytes.length;
    }
    if (operation.kind === "syncFolder") {
      for (const { folder, apply } of changes) if (folder === operation.path) apply(onDisk);
      changes = changes.filter(({ folder }) => folder !== operation.path);
    }
  }
  for (const { apply } of changes) {
    if (loss === "all lost" || (loss === "some lost" && random() < 0.5)) continue;
    apply(onDisk);
  }
  // The folder that the run lies in was there before.
  const isThere = (path: string): boolean =>
    path === dirname(root) || (onDisk.get(path) === "folder" && isThere(dirname(path)));
  for (const [path, inode] of onDisk) {
    if (!isThere(dirname(path))) continue;
    const place = join(target, reboot(relative(root, path)));
    if (inode === "folder") {
      mkdirSync(place, { recursive: true });
      continue;
    }
    const { bytes, synced } = contents.get(inode)!;
    const [kept, length] = keptContents(loss, synced, bytes.length, random);
    const left = Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(Math.max(0, length - kept))]);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, path.endsWith("run.lock") ? reboot(left.toString()) : left);
  }
}

export type { Operation };
