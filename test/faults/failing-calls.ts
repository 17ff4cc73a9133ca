import type { FileSystem } from "@fledge/files";
import { interposed, type Call } from "./interposed.ts";

/** What a call of the system may end with; a short write takes a part of what it is given, and that is no error. */
export const failures = ["ENOSPC", "EIO", "EROFS", "EACCES", "EMFILE", "short write"] as const;

export type Failure = (typeof failures)[number];

/** A file system that fails some of the calls that write, sync, rename and make folders, and what was asked of it. */
export interface FailingCalls extends FileSystem {
  /** Every call but those that remove, in order. */
  readonly calls: readonly Call[];
}

/**
 * Nothing waits for a disk.
 * @param failureOf what a call ends with, if with a failure; `index` counts from 0
 */
export function failingCalls(
  failureOf: (call: Call, index: number) => Failure | undefined = () => undefined,
): FailingCalls {
  const calls: Call[] = [];
  const system = interposed(async (call, perform) => {
    if (call.kind === "remove") return perform();
    const failure = failureOf(call, calls.push(call) - 1);
    if (failure !== undefined && failure !== "short write")
      throw Object.assign(new Error(`${failure}: as the test wants it, ${call.path}`), { code: failure });
    // No power is cut here: what was asked for is there, synced or not.
    if (call.kind === "sync" || call.kind === "syncFolder") return undefined as never;
    return perform(failure === "short write");
  });
  return { ...system, calls };
}
