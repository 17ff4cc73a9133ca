import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawBirds } from "./birds.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { outcomeOf } from "./run-files.ts";
import { hasSlurm, killWorker, needsSlurm, SlurmCluster, until } from "./slurm-cluster.ts";

const folder = await temporaryFolder();
const file = join(folder, "study.yaml");
const flat = ({ output }: Outcome): string => output.replaceAll(/\s+/g, " ");

const settings = {
  "data.imageSize": 32,
  "views.resize": 36,
  "network.depth": 18,
  "network.width": 4,
  "training.batchSize": 8,
  "training.learningRate": 0.02,
  "loader.workers": 0,
  "evaluation.repeats": 2,
  epochs: { teacher: 12, pseudoLabelled: 2, labelled: 4 },
};

const study = (places: Record<string, string>): string =>
  JSON.stringify({
    name: "small",
    about: "Does a cluster do what this machine does?",
    preset: "demo",
    seeds: [1],
    baseline: "paper",
    set: { ...settings, ...places },
    variants: { paper: {}, diverging: { "training.learningRate": 1e30 } },
  });

describe.runIf(hasSlurm)(needsSlurm, { timeout: 300_000 }, () => {
  const studied = join(folder, "studied");
  const paper = join(studied, "runs", "paper-1");
  const at = [file, "--study", studied];
  const submit = (...more: string[]): Promise<Outcome> =>
    run("study", "submit", ...at, "--slurm", "--no-tune", ...more);
  const status = (): Promise<Outcome> => run("study", "status", ...at);
  let cluster: SlurmCluster;
  let data: string[];
  let teacher: string;

  /** A node's task in the queue; undefined where it neither waits nor runs. */
  const taskOf = async (node: string): Promise<string | undefined> =>
    new RegExp(`${node} \\| \\w+ \\| job (\\d+_\\d+)`).exec(flat(await status()))?.[1];
  const idle = (): Promise<void> => until(() => cluster.queue().length === 0);

  // A job is a process that starts others: on a busy machine that takes its time.
  beforeAll(async () => {
    cluster = await SlurmCluster.start();
    data = await drawBirds(join(folder, "birds"));
    await writeFile(file, study({ "data.labelled": data[1]!, "data.unlabelled": data[3]! }));
  });
  afterAll(() => cluster?.stop());

  it("passes on what sbatch refuses, with what was asked, and tries again later", async () => {
    const refused = await submit("--partition", "nowhere", "--time", "1:00:00");
    expect(refused.code).toBe(1);
    expect(flat(refused)).toMatch(/invalid partition specified: nowhere .*asked for: sbatch .*--time=1:00:00/);
    expect(cluster.queue()).toEqual([]);
  });

  it("puts every node into the queue once, a run after its own teacher", async () => {
    const submitted = await submit("--sbatch", "--nice=1");
    expect(submitted.code, submitted.output).toBe(0);
    expect(flat(submitted)).toContain("4 of 4 nodes submitted");
    expect(cluster.queue()).toHaveLength(4);
    expect(flat(await submit())).toContain("0 of 4 nodes submitted");
    expect(cluster.queue()).toHaveLength(4);
    const said = flat(await status());
    teacher = /\| runs\/paper-1 \| waiting \| job \d+_0; for (teachers\/\w+)/.exec(said)![1]!;
  });

  it("saves a job that is about to be cut off, and goes on with it where it stopped", async () => {
    const run = join(studied, teacher);
    await until(() => existsSync(join(run, "teacher", "last.safetensors")));
    const task = (await taskOf(teacher))!;
    cluster.call("scancel", "--batch", "--signal=TERM", task); // As Slurm does it for --signal=B:TERM.
    const log = join(studied, "logs", `${teacher.replace("/", "-")}.log`);
    await until(async () => (await readFile(log, "utf8")).includes("restarted 1 times"));
    const text = await readFile(log, "utf8");
    for (const line of ["interrupted: ", "= stopped: SIGTERM", `# job ${task} goes back into the queue`])
      expect(text).toContain(line);
    await until(async () => flat(await status()).includes(`${teacher} | done`));
    expect(await readFile(log, "utf8")).toMatch(/teacher: training goes on after epoch \d+, 12 epochs in all/);
  });

  it("fails with a failed teacher what needs it, and nothing else", async () => {
    await until(() => existsSync(join(paper, "student", "last.safetensors")));
    const said = flat(await status());
    expect(said).toMatch(/teachers\/\w+ \| failed \|/);
    expect(said).toMatch(/runs\/diverging-1 \| not begun \| teachers\/\w+ failed/);
    expect(said).toMatch(/runs\/paper-1 \| running \| job \d+_0 on \S+ .*student \d of 6 epochs/);
    const log = /failed: see (\S+\.log)/.exec(said)![1]!;
    expect(await readFile(log, "utf8")).toContain("lower training.learningRate");
  });

  it("leaves a job ended that was cancelled", async () => {
    cluster.call("scancel", (await taskOf("runs/paper-1"))!);
    await idle();
    expect(flat(await status())).toMatch(/runs\/paper-1 \| stopped \| .*student \d of 6 epochs/);
  });

  it("goes on with a job that was killed, to the same bits as without a cluster", async () => {
    expect(flat(await submit())).toContain("3 of 4 nodes submitted");
    await killWorker(paper);
    await idle();
    expect(flat(await status())).toMatch(/runs\/paper-1 \| failed \| .*student \d of 6 epochs/);
    await submit();
    await idle();
    expect(flat(await status())).toContain("runs/paper-1 | done");
    const whole = join(folder, "whole");
    const sets = Object.entries(settings).flatMap(([key, value]) => ["--set", `${key}=${JSON.stringify(value)}`]);
    const local = await run("reproduce", ...data, ...sets, "--seed", "1", "--no-tune", "--run", whole);
    expect(local.code, local.output).toBe(0);
    expect(await outcomeOf(paper)).toEqual(await outcomeOf(whole));
  });
});
