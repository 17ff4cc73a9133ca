import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { commandLineOf } from "../cli/shell-words.mjs";
import { UsageError } from "../config/resolve.ts";

const call = promisify(execFile);

/** What to do where Slurm's commands are not there. */
const install =
  "log in to a machine of the cluster that submits jobs, or install them: apt-get install slurm-client (Debian, Ubuntu); a cluster of this machine alone needs slurm-wlm and munge too";

/** What a command of Slurm says. @throws UsageError where it is not there, or with its own words and what was asked */
export async function callSlurm(command: "sbatch" | "squeue", args: readonly string[]): Promise<string> {
  try {
    return (await call(command, args, { maxBuffer: 2 ** 28 })).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: string | number; stderr?: string };
    if (code === "ENOENT") throw new UsageError(`Slurm's ${command} is not on this machine: ${install}`);
    const said = (stderr ?? "").trim() || (error as Error).message;
    throw new UsageError(`${said}\nasked for: ${commandLineOf([command, ...args])}`, { cause: error });
  }
}
