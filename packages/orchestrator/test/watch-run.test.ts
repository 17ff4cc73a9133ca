import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { EventEmitter } from "node:events";
import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Dataset } from "@fledge/data";
import { logText, type EpochLook } from "@fledge/training";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { presets } from "../src/config/presets.ts";
import { LiveFile, liveLines, shownPlaces } from "../src/run/live-file.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { followRun } from "../src/watch/follow-run.ts";
import { addressOf, serve, type Followed } from "../src/watch/server.ts";
import { looksAt, snapshotOf } from "../src/watch/snapshot.ts";
import { runText } from "../src/watch/text.ts";
import { showInTerminal, wrapped } from "../src/watch/terminal.ts";
import { run as fledge } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { epochRecord, resultsRecord } from "./records.ts";

const folder = await temporaryFolder();
const about = { learningRate: 0.02, steps: 40, dataWaitSeconds: 0.1, stepsDone: 1 };
const stepRecord = { kind: "step", epoch: 1, step: 3, loss: 1.25, accuracy: 0.5 } as const;

const validatedOn: Dataset = {
  name: "drawn",
  root: join(folder, "nowhere"),
  classes: ["jay", "<b>crow</b>"],
  samples: [
    { path: "jay/1.jpg", label: 0 },
    { path: "crow/2.jpg", label: 1 },
  ],
} as never;
const look: EpochLook = {
  validated: {
    loss: 1,
    accuracy: 0.5,
    images: 2,
    classes: Int32Array.of(1, 1),
    probabilities: Float32Array.of(0.75, 0.5),
  },
  validatedOn,
  pseudoLabelCounts: [3, 1],
};

/** A run that has begun, and is nobody's. */
const begunRun = (name: string): Promise<RunDirectory> => {
  const demo = presets["demo"]!;
  return RunDirectory.create(
    join(folder, name),
    { ...demo, epochs: { teacher: 3, pseudoLabelled: 2, labelled: 2 } },
    {},
  );
};

describe("a run as it is seen", () => {
  it("has not begun in a folder that is empty or not there", async () => {
    expect(await snapshotOf(join(folder, "later"))).toMatchObject({ state: "not begun", models: [] });
  });

  it("is followed while it is written: epochs, the step under way, examples; what is half-written is left out", async () => {
    const run = await begunRun("followed");
    await mkdir(run.file("teacher"));
    const live = new LiveFile(run, (problem) => expect.fail(problem));
    live.training("teacher", 3, 0);
    live.epoch(epochRecord(0), look);
    await run.write("teacher/metrics.jsonl", logText([epochRecord(0)]));
    live.step(stepRecord, 16, about);
    appendFileSync(run.file("live.jsonl"), '{"at":"2026-11-26T17:00:00Z","kind":"step","ep');
    appendFileSync(run.file("teacher", "metrics.jsonl"), '{"kind":"epo');
    const snapshot = await snapshotOf(run.path);
    expect(snapshot.state).toBe("running");
    const [teacher] = snapshot.models;
    expect(teacher).toMatchObject({ epochs: 3, records: [{ epoch: 0 }], steps: [{ step: 3, steps: 40, loss: 1.25 }] });
    expect(teacher!.examples).toMatchObject({
      epoch: 0,
      images: [
        { own: "jay", predicted: "<b>crow</b>", confidence: 0.75 },
        { own: "<b>crow</b>", predicted: "<b>crow</b>", confidence: 0.5 },
      ],
      pseudoLabels: [
        { class: "jay", count: 3 },
        { class: "<b>crow</b>", count: 1 },
      ],
    });
    const text = runText(snapshot).join("\n");
    expect(text).toMatch(
      /Teacher, epoch 2 of 3, step 4 of 40: loss 1\.250, .*, waiting for data \S+ %, at \d\d:\d\d:\d\d/,
    );
    expect(text).toContain("Teacher: 1 of 3 epochs; training loss 1.000, validation accuracy 25.0 %");
    const sections = await followRun(run.path).sections();
    expect(sections["model-teacher"]).toMatch(/<svg[^]*&lt;b&gt;crow/);
    expect(sections["model-teacher"]).not.toContain("<b>crow");
    run.release();
  });

  it("has stopped where nobody works on it, and says how to go on; it is finished once all is evaluated", async () => {
    const run = await begunRun("ended");
    run.release();
    expect(await snapshotOf(run.path)).toMatchObject({ state: "stopped", about: expect.stringMatching("--resume") });
    for (const [model, epochs] of [
      ["teacher", 3],
      ["student", 4],
      ["noisy-student", 4],
    ] as const)
      await run.write(
        `${model}/metrics.jsonl`,
        logText(Array.from({ length: epochs }, (_, epoch) => epochRecord(epoch))),
      );
    await run.addResults(resultsRecord);
    expect((await snapshotOf(run.path)).state).toBe("finished");
    // As by a report that could not be written: nothing is left to train.
    new LiveFile(run, (problem) => expect.fail(problem)).failed("the disk is full", "make room");
    expect((await snapshotOf(run.path)).state).toBe("finished");
    writeFileSync(run.file("results.json"), "{");
    expect(await snapshotOf(run.path)).toMatchObject({
      state: "unreadable",
      about: expect.stringMatching(/results\.json is no JSON/),
    });
  });

  it("has gone where its folder has, and may begin there anew", async () => {
    const run = await begunRun("leaving");
    const look = looksAt(run.path);
    expect((await look()).state).toBe("running");
    run.release();
    await rm(run.path, { recursive: true });
    expect(await look()).toMatchObject({ state: "gone", models: [] });
    const again = await begunRun("leaving");
    expect((await look()).state).toBe("running");
    again.release();
  });

  it("leaves its folder as it was", async () => {
    const run = await begunRun("untouched");
    const names = (): string[] => readdirSync(run.path).sort();
    const before = names();
    const followed = followRun(run.path);
    await followed.mark();
    await followed.sections();
    expect(names()).toEqual(before);
    run.release();
  });

  it("is marked anew by what is written, not by a lock's sign of life", async () => {
    const run = await begunRun("marked");
    const followed = followRun(run.path);
    const before = await followed.mark();
    writeFileSync(run.file("run.lock"), await readFile(run.file("run.lock")));
    expect(await followed.mark()).toBe(before);
    new LiveFile(run, () => {}).note("something");
    expect(await followed.mark()).not.toBe(before);
    run.release();
  });
});

describe("the live file", () => {
  it("thins steps out in time, and begins anew with each epoch", async () => {
    const run = await begunRun("thinned");
    await mkdir(run.file("teacher"));
    const live = new LiveFile(run, (problem) => expect.fail(problem));
    const kinds = async (): Promise<string[]> =>
      liveLines(await readFile(run.file("live.jsonl"), "utf8")).map(({ kind }) => kind);
    live.training("teacher", 3, 0);
    const clock = vi.spyOn(performance, "now");
    for (let step = 0; step < 50; step++) {
      clock.mockReturnValue(1e6 + 100 * step);
      live.step({ ...stepRecord, step }, 8, about);
    }
    clock.mockRestore();
    // One each half second of five.
    expect(await kinds()).toEqual(["training", ...Array<string>(10).fill("step")]);
    live.epoch(epochRecord(0), look);
    expect(await kinds()).toEqual(["training"]);
    run.release();
  });

  it("keeps why a command failed, until another goes on with the run", async () => {
    const run = await begunRun("failed");
    const live = new LiveFile(run, (problem) => expect.fail(problem));
    live.training("teacher", 3, 0);
    live.failed("the loss is no number", '"npx fledge train teacher --resume" tries it again');
    expect((await snapshotOf(run.path)).state).toBe("running");
    run.release();
    expect(await snapshotOf(run.path)).toMatchObject({
      state: "failed",
      about: 'the loss is no number; "npx fledge train teacher --resume" tries it again',
    });
    new LiveFile(run, (problem) => expect.fail(problem));
    expect((await snapshotOf(run.path)).state).toBe("stopped");
  });

  it("says once that it cannot be written, and lets the run go on", async () => {
    const run = await begunRun("unwritable");
    await mkdir(run.file("live.jsonl"));
    const problems: string[] = [];
    const live = new LiveFile(run, (problem) => problems.push(problem));
    live.training("teacher", 3, 0);
    live.step(stepRecord, 8, about);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/EISDIR/);
    run.release();
  });

  it("takes examples from all over a set, each once", () => {
    expect(shownPlaces(4)).toEqual([0, 1, 2, 3]);
    expect(shownPlaces(100, 4)).toEqual([12, 37, 62, 87]);
    expect(shownPlaces(0)).toEqual([]);
  });
});

describe("the page", () => {
  let server: Server;
  let run: RunDirectory;
  beforeAll(async () => {
    run = await begunRun("served");
    const followed = followRun(run.path);
    server = await serve((query) => (query.size === 0 ? followed : undefined), 0);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    run.release();
  });

  /** What the server says; of a stream its first message. */
  const ask = (path: string, { method = "GET", host }: { method?: string; host?: string } = {}) =>
    new Promise<{ status: number; body: string; type: string; policy: string }>((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const asked = request({ host: "127.0.0.1", port, path, method, headers: host ? { host } : {} }, (response) => {
        let body = "";
        const headers = response.headers;
        const done = (): void =>
          resolve({
            status: response.statusCode!,
            body,
            type: headers["content-type"] ?? "",
            policy: String(headers["content-security-policy"]),
          });
        response.setEncoding("utf8").on("data", (chunk: string) => {
          body += chunk;
          if (!body.endsWith("\n\n") || !headers["content-type"]?.startsWith("text/event-stream")) return;
          done();
          asked.destroy();
        });
        response.on("end", done);
      });
      asked.on("error", reject).end();
    });

  it("shows the run, and asks for nothing from elsewhere", async () => {
    const { status, body, policy } = await ask("/");
    expect(status).toBe(200);
    expect(body).toContain("served");
    expect([...body.matchAll(/\b(?:src|href)="([^"]*)"/g)].map((match) => match[1])).toEqual(["data:,", "/watch.js"]);
    expect(policy).toContain("default-src 'none'");
    expect((await ask("/watch.js")).type).toContain("javascript");
  });

  it("is told what has changed", async () => {
    const { type, body } = await ask("/events");
    expect(type).toContain("text/event-stream");
    const { order, sections } = JSON.parse(body.slice("data: ".length)) as Record<string, never>;
    expect(order).toContain("header");
    expect(sections["header"]).toContain("running");
  });

  it("is told why nothing can be said, and goes on", async () => {
    let looks = 0;
    const followed: Followed = {
      title: "broken",
      mark: async () => String(looks),
      sections: async () => {
        if (looks++ === 0) throw new Error("EIO: the disk is sick");
        return { header: "well again" };
      },
    };
    const sick = await serve(() => followed, 0);
    const reader = (await fetch(`${addressOf(sick)}events`)).body!.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    // One piece may hold several messages, where the reader is slower than the server.
    while (!said.includes("well again")) said += (await reader.read()).value!;
    expect(said).toMatch(/EIO: the disk is sick[^]*well again/);
    await reader.cancel();
    sick.closeAllConnections();
    sick.close();
  });

  it("answers to its own name alone: another site's name that leads here reads nothing", async () => {
    const { port } = server.address() as AddressInfo;
    for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1:1"]) {
      const { status, body } = await ask("/", { host });
      expect(status).toBe(403);
      expect(body).not.toContain("served");
    }
    expect((await ask("/", { host: `localhost:${port}` })).status).toBe(200);
  });

  it.each(["POST", "PUT", "DELETE"])("refuses %s", async (method) => {
    expect((await ask("/", { method })).status).toBe(405);
  });

  it.each(["/../../etc/passwd", "/config.json", "/?node=x", "//x"])("has nothing at %s", async (path) => {
    expect((await ask(path)).status).toBe(404);
  });

  it("names a port that is taken", async () => {
    const { port } = server.address() as AddressInfo;
    await expect(serve(() => undefined, port)).rejects.toThrow(`--port ${port}: another program has it`);
  });
});

describe("on the terminal", () => {
  it("prints what is new, line by line, where it is none, and ends with the run", async () => {
    let text = "";
    const out = { isTTY: false, columns: 80, rows: 24, write: (chunk: string) => Boolean((text += chunk)) };
    const looks = [["begun"], ["begun", "epoch 1"], ["begun", "epoch 2"]];
    const look = async () => ({ lines: looks.shift()!, over: looks.length === 0 });
    await showInTerminal(look, out as never, new AbortController().signal);
    expect(text).toBe("begun\nepoch 1\nepoch 2\n");
  });

  it("breaks lines between words, so that every figure is seen", async () => {
    expect(wrapped("Teacher, epoch 2: loss 1.25, images/s 160.0", 20)).toEqual([
      "Teacher, epoch 2:",
      "    loss 1.25,",
      "    images/s 160.0",
    ]);
    expect(wrapped(`  ${"▁".repeat(12)}`, 8)).toEqual(["  ▁▁▁▁▁▁", "    ▁▁▁▁", "    ▁▁"]);
    expect(wrapped("as it is", 8)).toEqual(["as it is"]);
    expect(wrapped("word", 0)).toEqual(["word"]);
  });

  it("keeps to a terminal's rows, says how many more there are, and looks again at once where its size changes", async () => {
    const out = Object.assign(new EventEmitter(), { isTTY: true, columns: 40, rows: 4, text: "" });
    const write = (chunk: string): boolean => Boolean((out.text = chunk));
    const lines = ["one", "two", "three", "four", "five"];
    const ended = new AbortController();
    const shown = showInTerminal(
      async () => ({ lines, over: false }),
      Object.assign(out, { write }) as never,
      ended.signal,
    );
    await expect.poll(() => out.text).toBe("\u001b[H\u001b[Jone\ntwo\n(3 more lines)\n");
    await expect.poll(() => out.listenerCount("resize")).toBe(1);
    out.rows = 9;
    out.emit("resize");
    await expect.poll(() => out.text).toContain("five");
    ended.abort();
    await shown;
    expect(out.listenerCount("resize")).toBe(0);
  });

  it.each([0, undefined])("takes 24 rows where a terminal tells %s", async (rows) => {
    const ended = new AbortController();
    let text = "";
    const write = (chunk: string): boolean => Boolean((text = chunk));
    const out = Object.assign(new EventEmitter(), { isTTY: true, columns: 40, rows, write });
    const lines = Array.from({ length: 30 }, (_, at) => `line ${at}`);
    const shown = showInTerminal(async () => ({ lines, over: false }), out as never, ended.signal);
    await expect.poll(() => text).toContain("line 21\n(8 more lines)\n");
    ended.abort();
    await shown;
  });

  it("refuses a folder that holds neither a run nor a study, and names what lies in it", async () => {
    (await begunRun("several/first")).release();
    const several = await fledge("watch", join(folder, "several"), "--terminal");
    expect(several).toMatchObject({
      code: 1,
      output: expect.stringMatching(/neither a run nor a study[^]*several\/first/),
    });
    await mkdir(join(folder, "photos"));
    await writeFile(join(folder, "photos", "jay.jpg"), "");
    const photos = await fledge("watch", join(folder, "photos"));
    expect(photos).toMatchObject({ code: 1, output: expect.stringMatching(/photos holds neither a run nor a study/) });
    const typed = await fledge("watch", join(folder, "studdy.yaml"));
    expect(typed).toMatchObject({ code: 1, output: expect.stringMatching(/there is no such file/) });
  });

  it("ends with 1 for a run that stopped before its end", async () => {
    const run = await begunRun("killed");
    run.release();
    const { code, output } = await fledge("watch", run.path, "--terminal");
    expect(code).toBe(1);
    expect(output).toContain("stopped, no process works on it");
  });

  it.each([
    [["--terminal", "--port", "80"], /give one of them/],
    [["--port", "70000"], /no port/],
    [["--scale", "smoke"], /goes with a study's file/],
  ])("refuses %j", async (flags, reason) => {
    const { code, output } = await fledge("watch", join(folder, "ended"), ...flags);
    expect(code).toBe(1);
    expect(output).toMatch(reason);
  });
});
