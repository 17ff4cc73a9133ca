import { InvalidArgumentError } from "commander";
import { repeatable, wholeNumber, withAdapter, withJson, withStudy, withTuning } from "../options.mjs";

const load = () => import("./study-jobs.ts");

/** What `submit` says itself, and jobs would go wrong with otherwise. */
const ours = /^(-[adoe]|--(array|dependency|output|error|open-mode|signal|parsable|requeue|no-requeue|wrap)\b)/;

/** @param {string} text */
function sbatchOption(text) {
  if (!text.startsWith("-"))
    throw new InvalidArgumentError(`"${text}" is no option of sbatch, such as --constraint=a100`);
  if (ours.test(text)) throw new InvalidArgumentError(`${text}: "study submit" sets this itself`);
  return text;
}

/**
 * What does a study's nodes elsewhere, and tells of it.
 * @param {import("commander").Command} study
 */
export function registerJobs(study) {
  withAdapter(
    withTuning(
      withStudy(study.command("submit <file>").description("submit what a study lacks to a cluster, a job a node")),
    ),
  )
    .requiredOption("--slurm", "to Slurm, as job arrays")
    .option("--partition <names>", "the partition to run in")
    .option("--account <name>", "whom to charge")
    .option("--qos <name>", "quality of service")
    .option("--gpus <[type:]n>", "GPUs of a job, such as 1 or a100:1")
    .option("--gres <list>", "the same where the cluster wants it so: gpu:1")
    .option("--cpus <n>", "processor cores of a job", wholeNumber(1))
    .option("--mem <size>", "memory of a job, such as 16G")
    .option("--time <limit>", "the longest that a job may run before it is put back into the queue, such as 4:00:00")
    .option("--at-once <n>", "how many tasks of each job array run at once", wholeNumber(1))
    .option(
      "--signal <seconds>",
      "how long before its time is over a job saves and requeues itself",
      wholeNumber(1),
      120,
    )
    .option("--sbatch <option>", "any other option of sbatch; may be repeated", repeatable(sbatchOption))
    .option("--dry-run", "print the jobs and submit none", false)
    .action(async (file, flags) => (await load()).submit(file, flags));
  const status = withStudy(
    study.command("status <file>").description("what of the study is done, running, waiting and failed, and why"),
  );
  withJson(status, "each node's state").action(async (file, flags) => (await load()).status(file, flags));
  withAdapter(
    withTuning(withStudy(study.command("node <file> <id>").description("do one node of a study, as a job does"))),
  )
    .option("--wait <seconds>", "how long to wait for a run that another process holds", wholeNumber(0), 0)
    .action(async (file, id, flags) => (await load()).node(file, id, flags));
  withAdapter(
    withTuning(withStudy(study.command("export <file>").description("write a study down for another program to run"))),
  )
    .requiredOption("--snakemake", "as a Snakefile")
    .option("--out <file>", "where to write it; printed if not given")
    .action(async (file, flags) => (await load()).exportStudy(file, flags));
}
