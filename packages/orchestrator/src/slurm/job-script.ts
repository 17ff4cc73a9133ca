import { join } from "node:path";
import { fledgeFile } from "../study/commands.ts";
import { commandLineOf, shellWord } from "../cli/shell-words.mjs";

export interface JobScript {
  /** The command that submits it, for its reader. */
  readonly submitted: readonly string[];
  /** The array's tasks in order. */
  readonly nodes: readonly string[];
  /** The study's folder, an absolute path. */
  readonly study: string;
  /** What follows `study node`, but for the node: the study's file and flags. */
  readonly file: string;
  readonly flags: readonly string[];
}

/** The batch script of a job array whose tasks do a node each. */
export function jobScript({ submitted, nodes, study, file, flags }: JobScript): string {
  const node = commandLineOf([process.execPath, fledgeFile, "study", "node", file]);
  return `#!/bin/bash
# One task of this job array does one node of a study. Written by "fledge study submit", and submitted with
#   ${commandLineOf(submitted)}

nodes=(
${nodes.map((id) => `  ${shellWord(id)}`).join("\n")}
)
node=\${nodes[$SLURM_ARRAY_TASK_ID]}
task=\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID

mkdir -p ${shellWord(join(study, "logs"))}
exec >>${shellWord(join(study, "logs"))}/"\${node//\\//-}.log" 2>&1
echo "# job $task on $SLURMD_NODENAME at $(date --iso-8601=seconds), restarted \${SLURM_RESTART_COUNT:-0} times"

# Slurm gives TERM to this script alone when the job is about to be cut off (--signal). Node ends at once: what is kept
# is the checkpoint of the latest epoch, and the same bits come of going on from there.
stopped=
trap 'stopped=yes; kill -TERM "$child"' TERM
${node} "$node" \\
  ${commandLineOf(flags)} &
child=$!
wait "$child"
code=$?
if [ -n "$stopped" ]; then # The trap has ended the wait above.
  wait "$child"
  code=$?
fi

# 143 is the exit code of TERM. A job that was cancelled is COMPLETING by now, and must not come back.
if [ "$code" = 143 ] && [ "$(squeue --noheader --array --jobs="$task" --format=%T)" = RUNNING ]; then
  echo "# job $task goes back into the queue"
  scontrol requeue "$task"
fi
exit "$code"
`;
}
