import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { FolderLock } from "@fledge/files";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { planArrays } from "../src/slurm/job-arrays.ts";
import { jobScript } from "../src/slurm/job-script.ts";
import { isActive, parseQueue } from "../src/slurm/queue.ts";
import { tasksOfNodes } from "../src/slurm/submissions.ts";
import { Commands } from "../src/study/commands.ts";
import { endOf, errorOf, fruitlessStops } from "../src/study/node-log.ts";
import { run, type Outcome } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const flat = ({ output }: Outcome): string => output.replaceAll(/\s+/g, " ");

const nodes = [
  { id: "teachers/a", needs: [] },
  { id: "teachers/b", needs: [] },
  { id: "runs/paper-1", needs: ["teachers/a"] },
  { id: "runs/joint-1", needs: ["teachers/a"] },
  { id: "runs/alone-1", needs: [] },
  { id: "runs/paper-2", needs: ["teachers/b"] },
];
const nothing = { done: new Set<string>(), queued: new Map<string, string>(), busy: new Set<string>() };

describe("the arrays of a submission", () => {
  it("are what waits for nothing, then a teacher's runs each", () => {
    expect(planArrays(nodes, nothing)).toEqual({
      arrays: [
        { nodes: ["teachers/a", "teachers/b", "runs/alone-1"], afterNodes: [], afterTasks: [] },
        { nodes: ["runs/paper-1", "runs/joint-1"], afterNodes: ["teachers/a"], afterTasks: [] },
        { nodes: ["runs/paper-2"], afterNodes: ["teachers/b"], afterTasks: [] },
      ],
      leftOut: [],
    });
  });

  it("leave out what is done, in the queue or worked on, and wait for what is in the queue", () => {
    const done = new Set(["teachers/a", "runs/paper-1"]);
    const queued = new Map([["teachers/b", "7_1"]]);
    expect(planArrays(nodes, { done, queued, busy: new Set(["runs/alone-1"]) })).toEqual({
      arrays: [
        { nodes: ["runs/joint-1"], afterNodes: [], afterTasks: [] },
        { nodes: ["runs/paper-2"], afterNodes: [], afterTasks: ["7_1"] },
      ],
      leftOut: [],
    });
  });

  it("leave to later what waits for a process of no job", () => {
    const { arrays, leftOut } = planArrays(nodes, { ...nothing, busy: new Set(["teachers/a"]) });
    expect(leftOut).toEqual(["runs/paper-1", "runs/joint-1"]);
    expect(arrays.flatMap((array) => array.nodes)).toEqual(["teachers/b", "runs/alone-1", "runs/paper-2"]);
  });

  it("take in again what waits in the queue for a teacher that has left it", () => {
    const queued = new Map([
      ["runs/paper-1", "8_0"],
      ["runs/joint-1", "8_1"],
    ]);
    const { arrays } = planArrays(nodes, { ...nothing, queued });
    expect(arrays[1]).toEqual({ nodes: ["runs/paper-1", "runs/joint-1"], afterNodes: ["teachers/a"], afterTasks: [] });
  });
});

describe("the queue", () => {
  const queue = parseQueue(
    [
      "7|0|FAILED|NonZeroExitCode|2026-01-01T10:00:00|0:10|n1|/s/one.sh",
      "7|1|RUNNING|None|2026-01-01T10:00:00|1-00:00:10|n2|/s/one.sh",
      "8|0|PENDING|Priority|N/A|0:00||/s/two|odd.sh",
      "9|N/A|RUNNING|None|2026-01-01T10:00:00|0:10|n1|/s/one.sh",
      "",
    ].join("\n"),
  );

  it("is read by tasks of arrays, whatever a script's name holds", () => {
    expect(queue.map(({ id, state, script }) => [id, state, script])).toEqual([
      ["7_0", "FAILED", "/s/one.sh"],
      ["7_1", "RUNNING", "/s/one.sh"],
      ["8_0", "PENDING", "/s/two|odd.sh"],
    ]);
    expect(queue.map(isActive)).toEqual([false, true, true]);
  });

  it("knows a node by its script, and that which waits or runs before that which has ended", () => {
    const arrays = [
      { script: "/s/one.sh", nodes: ["runs/a", "runs/b"], job: "7" },
      { script: "/s/two|odd.sh", nodes: ["runs/a"], job: null },
      { script: "/s/gone.sh", nodes: ["runs/c"], job: "6" },
    ];
    const tasks = tasksOfNodes([{ user: 0, arrays }], queue);
    expect([...tasks].map(([node, { id }]) => [node, id])).toEqual([
      ["runs/a", "8_0"],
      ["runs/b", "7_1"],
    ]);
  });
});

it("writes scripts that bash takes, whatever their paths hold", async () => {
  const file = join(folder, "job.sh");
  const odd = "/a 'b' $c";
  await writeFile(
    file,
    jobScript({ submitted: ["sbatch", odd], nodes: ["runs/a-1"], study: odd, file: odd, flags: ["--study", odd] }),
  );
  expect(() => execFileSync("bash", ["-n", file])).not.toThrow();
  expect(await readFile(file, "utf8")).toContain(`--study '/a '\\''b'\\'' $c' &`);
});

describe("a node's log", () => {
  const begun = "$ fledge reproduce --run r\n";

  it.each([
    ["", undefined],
    [begun, "cut off"],
    [`${begun}= failed: fledge reproduce ended with 1\n`, "failed"],
    [`${begun}= stopped: SIGTERM\n# job 1_0 goes back into the queue\n`, "stopped"],
    [`${begun}= stopped: SIGTERM\n# job 1_0 on n1 at noon, restarted 1 times\n`, "cut off"],
    [`${begun}= stopped: SIGTERM\n`, "stopped"],
    [`${begun}= failed: x\n${begun}= done\n`, "done"],
  ])("tells how it ended: %j", (log, end) => {
    expect(endOf(log)).toBe(end);
  });

  it("tells its last error, and how often in a row nothing was saved", () => {
    expect(errorOf("[error] one\n ERROR  two\nthree\n")).toBe("two");
    const lost = "= stopped: SIGTERM, nothing was saved since it began\n";
    expect(fruitlessStops(`${lost}= stopped: SIGTERM\n${lost}${begun}${lost}`)).toBe(2);
    expect(fruitlessStops(`${lost}= stopped: SIGTERM\n`)).toBe(0);
  });
});

describe("study submit, status, node and export", () => {
  const file = join(folder, "study.json");
  const text = {
    name: "two",
    about: "?",
    preset: "demo",
    seeds: [1],
    baseline: "a",
    variants: { a: {}, b: { "randAugment.m": 3 } },
  };
  const path = process.env["PATH"];
  const write = (): Promise<void> => writeFile(file, JSON.stringify(text));
  afterEach(() => void (process.env["PATH"] = path));

  it("shows the jobs without Slurm, with all that is asked for", async () => {
    await write();
    process.env["PATH"] = folder;
    const asked = ["--partition", "gpu", "--gpus", "1", "--time", "4:00:00", "--mem", "16G", "--cpus", "4"];
    const more = ["--account", "birds", "--at-once", "3", "--signal", "60", "--sbatch", "--constraint=a100"];
    const shown = await run("study", "submit", file, "--slurm", "--dry-run", ...asked, ...more);
    expect(shown.code, shown.output).toBe(0);
    for (const option of [
      "--array=0-1%3 --dependency=afterok:JOB1_0 --kill-on-invalid-dep=yes",
      "--signal=B:TERM@60",
      "--partition=gpu --account=birds --gpus=1 --cpus-per-task=4 --mem=16G --time=4:00:00 --constraint=a100",
    ])
      expect(flat(shown)).toContain(option);
  });

  it("names what to install where there is no Slurm, and reads the runs all the same", async () => {
    await write();
    process.env["PATH"] = folder;
    const study = join(folder, "two");
    await mkdir(join(study, "slurm", "once"), { recursive: true });
    const record = { user: 0, arrays: [{ script: "/s/one.sh", nodes: ["runs/a-1"], job: "1" }] };
    await writeFile(join(study, "slurm", "once", "submission.json"), JSON.stringify(record));
    const status = await run("study", "status", file, "--study", study);
    expect(status.code).toBe(0);
    expect(flat(status)).toMatch(/what the queue holds is not known: .*squeue .*apt-get install slurm-client/);
    expect(flat(status)).toContain("3 not begun");
    const refused = await run("study", "submit", file, "--slurm", "--dry-run", "--study", study);
    expect([refused.code, flat(refused)]).toEqual([1, expect.stringContaining("apt-get install slurm-client")]);
  });

  it.each([
    ["--array=0-5", "sets this itself"],
    ["-dafterok:1", "sets this itself"],
    ["a100", "no option of sbatch"],
  ])("takes no %s for sbatch", async (option, said) => {
    await write();
    const { code, output } = await run("study", "submit", file, "--slurm", "--sbatch", option);
    expect([code, output.replaceAll(/\s+/g, " ")]).toEqual([1, expect.stringContaining(said)]);
  });

  it("names the nodes that there are", async () => {
    await write();
    const { code, output } = await run("study", "node", file, "runs/c-1", "--study", join(folder, "none"));
    expect(code).toBe(1);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(/has no node runs\/c-1; it has teachers\/\w+, runs\/a-1, runs\/b-1/);
  });

  it("go on after a stop, but not after three in a row that saved nothing", async () => {
    await write();
    const study = join(folder, "stopped");
    const path = join(study, "runs", "a-1");
    await mkdir(path, { recursive: true });
    const held = await FolderLock.take(path); // So that the node waits, until it is stopped.
    onTestFinished(() => held.release());
    const exit = vi.spyOn(process, "exit").mockImplementation((code) => {
      throw new Error(`exit ${code}`);
    });
    onTestFinished(() => exit.mockRestore());
    const handingOn = vi.spyOn(Commands.prototype, "handingOn");
    onTestFinished(() => handingOn.mockRestore());
    const ends: string[] = [];
    for (let time = 0; time < 3; time++) {
      const ended = run("study", "node", file, "runs/a-1", "--study", study, "--wait", "60");
      while (handingOn.mock.calls.length === time) await sleep(10);
      process.emit("SIGTERM", "SIGTERM");
      ends.push(flat(await ended));
    }
    expect(ends.map((said) => /exit 143|stopped 3 times in a row/.exec(said)?.[0])).toEqual([
      "exit 143",
      "exit 143",
      "stopped 3 times in a row",
    ]);
  });

  it("writes a rule a node for Snakemake, each after its teacher", async () => {
    await write();
    const args = ["study", "export", file, "--snakemake", "--study", "s{1}", "--no-tune"];
    const { code, output } = await run(...args);
    expect(code).toBe(0);
    const out = join(folder, "Snakefile");
    expect((await run(...args, "--out", out)).code).toBe(0);
    expect(output).toContain(await readFile(out, "utf8"));
    expect(output.match(/^rule node_\d:$/gm)).toHaveLength(3);
    expect(output).toMatch(/rule node_1:\n {4}input:\n {8}"s\{1\}\/snakemake\/teachers-\w+\.done",\n/);
    expect(output).toMatch(/study node \S+ runs\/a-1 --study 's\{\{1\}\}' --software allow --no-tune"/);
  });
});
