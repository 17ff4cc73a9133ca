import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** One process among all that ever ran on all machines that share a disk. */
export interface ProcessIdentity {
  /** The machine's name, for messages. */
  readonly host: string;
  /** Tells machines apart, and containers in which process ids are counted anew. */
  readonly machine: string;
  /** Tells one start of the machine from the next; "0" where the system does not say. */
  readonly boot: string;
  readonly pid: number;
  /** When the process began, in the system's own units; "0" where it does not say. Ids are used again. */
  readonly started: string;
}

function textOf(read: () => string): string {
  try {
    return read().trim();
  } catch {
    return "";
  }
}

const shortHash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** State and start of a process from Linux's /proc; undefined where there is none of that id, or no /proc. */
function statOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  const text = textOf(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  // The name of the program, in brackets, may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return text === "" ? undefined : { state: fields[0]!, started: fields[19]! };
}

const own: ProcessIdentity = (() => {
  const boot = textOf(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8"));
  const machineId = textOf(() => readFileSync("/etc/machine-id", "utf8"));
  const processes = textOf(() => readlinkSync("/proc/self/ns/pid"));
  return {
    host: hostname(),
    machine: shortHash([hostname(), machineId, processes].join("\n")),
    boot: boot === "" ? "0" : shortHash(boot),
    pid: process.pid,
    started: statOf(process.pid)?.started ?? "0",
  };
})();

/** The process that asks. */
export const thisProcess = (): ProcessIdentity => own;

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // Another user's.
  }
}

/** Whether a process runs; "unknown" on another machine, of which nothing can be seen from here. */
export function fateOf({ machine, boot, pid, started }: Omit<ProcessIdentity, "host">): "runs" | "dead" | "unknown" {
  if (machine !== own.machine) return "unknown";
  if (boot !== own.boot) return "dead";
  if (own.started === "0") return runs(pid) ? "runs" : "dead";
  const now = statOf(pid);
  // A zombie has ended, and only waits for its parent to ask how.
  return now?.started === started && now.state !== "Z" && now.state !== "X" ? "runs" : "dead";
}
