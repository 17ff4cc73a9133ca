import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

/** Where a measurement was made, as far as it bears on CPU time. */
export function environment(): { node: string; cpu: string; cores: number; commit: string | null } {
  const processors = cpus();
  return { node: process.version, cpu: processors[0]?.model ?? "unknown", cores: processors.length, commit: commit() };
}

function commit(): string | null {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null; // Not in a git checkout.
  }
}
