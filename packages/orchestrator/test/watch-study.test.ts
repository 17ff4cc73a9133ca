import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { logText } from "@fledge/training";
import { beforeAll, describe, expect, it } from "vitest";
import { RunDirectory } from "../src/run/run-directory.ts";
import { openStudy, type OpenStudy } from "../src/study/open-study.ts";
import type { NodeStatus } from "../src/study/node-status.ts";
import { isOver, statesOf, type StudyStates } from "../src/study/study-states.ts";
import { followStudy } from "../src/watch/follow-study.ts";
import { studyText } from "../src/watch/study-text.ts";
import { run as fledge } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochRecord, evaluationRecord } from "./records.ts";

const folder = await temporaryFolder();
const file = join(folder, "study.yaml");
const studied = join(folder, "studied");
const study = `
name: dropout
about: Does <b>dropout</b> help?
preset: demo
seeds: [1, 2]
baseline: paper
variants:
  paper: {}
  dropout: { network.dropout: 0.2 }
`;

let open: OpenStudy;
let teacher: string;

/** A run of the study that nobody works on, with so many epochs of its noisy student. */
async function runOf(id: string, epochs: number): Promise<RunDirectory> {
  const { facts } = open.nodes.find((node) => node.id === id)!;
  const run = await RunDirectory.create(join(studied, id), facts.config, {});
  const log = logText(Array.from({ length: epochs }, (_, epoch) => epochRecord(epoch)));
  await run.write("noisy-student/metrics.jsonl", log);
  run.release();
  return run;
}

beforeAll(async () => {
  await writeFile(file, study);
  open = await openStudy(file, { study: studied });
  teacher = open.nodes.find(({ kind }) => kind === "teacher")!.id;
});

const parts = (): Promise<Readonly<Record<string, string>>> => followStudy(open)(new URLSearchParams())!.sections();

describe("a study as it is seen", () => {
  it("shows before it begins what it asks, every run in its place, and nothing of results", async () => {
    const { header, work, results, nodes } = await parts();
    expect(header).toContain("Does &lt;b&gt;dropout&lt;/b&gt; help?");
    expect(header).toMatch(/0 of \d nodes/);
    expect(work).toBe("");
    expect(results).toContain("No run has an epoch of its last model yet");
    expect(nodes!.match(/runs%2F/g)).toHaveLength(4);
    expect(nodes).toMatch(/<th>Seed 1<\/th><th>Seed 2<\/th>/);
  });

  it("shows means over the seeds that are there, curves, and what failed and why", async () => {
    const first = await runOf("runs/paper-1", 2);
    await first.addResults({ evaluations: [evaluationRecord("noisy-student", "target", 0.4)] });
    const second = await runOf("runs/paper-2", 1);
    await second.addResults({ evaluations: [evaluationRecord("noisy-student", "target", 0.5)] });
    const damaged = await runOf("runs/dropout-1", 1);
    await writeFile(damaged.file("results.json"), "{");
    await mkdir(join(studied, "logs"), { recursive: true });
    await writeFile(
      join(studied, "logs", "runs-dropout-1.log"),
      "$ fledge reproduce\nERROR the disk is full\n= failed: 1\n",
    );
    const { work, results } = await parts();
    expect(results).toContain(">paper: Noisy Student<");
    expect(results).toContain('<td class="figure">45.0 %</td>');
    expect(results).toContain("<svg");
    expect(results).toContain("A line for each seed");
    expect(work).toMatch(/runs%2Fdropout-1[^]*failed[^]*the disk is full[^]*runs-dropout-1\.log/);
    await rm(studied, { recursive: true });
  });

  it("leads to each node's page, and back", async () => {
    const find = followStudy(open);
    const node = find(new URLSearchParams({ node: "runs/paper-1" }))!;
    expect((await node.sections())["header"]).toContain('<a href="/">Study: dropout</a>');
    expect(find(new URLSearchParams({ node: "../../etc" }))).toBeUndefined();
  });
});

describe("on the terminal", () => {
  const states: NodeStatus[] = [
    { id: "runs/a-1", state: "done", about: "", log: undefined },
    { id: "runs/longer-1", state: "running", about: "teacher 1 of 2 epochs", log: undefined },
  ];

  const known = (all: readonly NodeStatus[]): StudyStates => ({ states: all, queueUnknown: undefined });

  it("shows what failed first, then what is at work, in columns; line by line in the study's order", () => {
    const all: NodeStatus[] = [...states, { id: "runs/b-1", state: "failed", about: "no GPU", log: undefined }];
    expect(studyText("dropout", known(all))).toEqual([
      "dropout: 1 done, 1 running, 1 failed",
      "runs/b-1       failed     no GPU",
      "runs/longer-1  running    teacher 1 of 2 epochs",
      "runs/a-1       done",
    ]);
    expect(studyText("dropout", known(all), false)[1]).toBe("runs/a-1       done");
  });

  it("is over where nothing more comes of itself", () => {
    const state = (one: NodeStatus["state"]): NodeStatus => ({ ...states[0]!, state: one });
    const blocked: NodeStatus = { ...state("not begun"), blockedBy: "teachers/a" };
    const over = (...all: NodeStatus[]): boolean => isOver(known(all));
    expect(over(state("done"), state("failed"), blocked)).toBe(true);
    expect(over(state("done"), state("stopped"), blocked, state("not begun"))).toBe(true);
    for (const one of ["running", "waiting"] as const)
      for (const before of ["done", "failed", "stopped"] as const)
        expect(over(state(before), state(one), blocked)).toBe(false);
    expect(over(state("failed"), state("not begun"))).toBe(false);
  });

  it("says why the queue cannot be asked, and is over then only where all is done", async () => {
    const submitted = join(studied, "slurm", "once");
    await mkdir(submitted, { recursive: true });
    await writeFile(join(submitted, "submission.json"), "{");
    const look = await statesOf(open);
    expect(look.queueUnknown).toMatch(/what the queue holds is not known: .*submission\.json is no JSON/);
    expect(studyText("dropout", look)[1]).toBe(look.queueUnknown);
    expect((await parts()).header).toContain("what the queue holds is not known");
    const failed: NodeStatus = { ...states[0]!, state: "failed" };
    expect(isOver({ ...look, states: [failed] })).toBe(false);
    expect(isOver({ ...look, states: [states[0]!] })).toBe(true);
    await rm(studied, { recursive: true });
  });

  it("names the teacher that was stopped, and ends with 1", async () => {
    await mkdir(join(studied, "logs"), { recursive: true });
    await writeFile(join(studied, "logs", `${teacher.replace("/", "-")}.log`), "$ fledge train\n= stopped: SIGINT\n");
    const look = await statesOf(open);
    const kept = look.states.filter(({ blockedBy }) => blockedBy === teacher);
    expect(kept.length).toBeGreaterThan(0);
    for (const one of kept) expect(one).toMatchObject({ state: "not begun", about: `${teacher} was stopped` });
    const { code, output } = await fledge("watch", file, "--study", studied, "--terminal");
    expect(code).toBe(1);
    expect(output).toContain(`not begun  ${teacher} was stopped`);
    await rm(studied, { recursive: true });
  });

  it("ends with 1 where a node failed", async () => {
    await mkdir(join(studied, "logs"), { recursive: true });
    for (const { id } of open.nodes.filter(({ kind, needs }) => kind === "teacher" || needs.length === 0))
      await writeFile(join(studied, "logs", `${id.replace("/", "-")}.log`), "ERROR no GPU\n= failed: 1\n");
    const { code, output } = await fledge("watch", file, "--study", studied, "--terminal");
    expect(code).toBe(1);
    expect(output).toContain(`${teacher}  failed     no GPU`);
    expect(output).toContain(`not begun  ${teacher} failed`);
  });
});
