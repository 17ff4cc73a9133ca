// The `fledge` command as a newcomer meets it: in a process of its own, in a folder of their own, its output in a file.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "@fledge/orchestrator/package.json" with { type: "json" };
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const command = fileURLToPath(new URL(manifest.bin.fledge, import.meta.resolve("@fledge/orchestrator/package.json")));
const folder = await mkdtemp(join(tmpdir(), "fledge-command-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function fledge(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [command, ...args], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** ResNet-50's blocks, as small as they go. */
const small = ["--set", "data.imageSize=32", "--set", "network.width=4", "--set", "views.resize=36"];

describe("on a small data set of its own", () => {
  let drawn: Ended;
  let reproduced: Ended;
  let runFolder: string;

  beforeAll(async () => {
    drawn = await fledge("dataset", "make-demo", "demo-data", "--species", "2", "--seed", "7");
    reproduced = await fledge("reproduce", ...small, "--epochs", "1,1,1", "--set", "evaluation.repeats=2");
    const [name] = await readdir(join(folder, "runs"));
    runFolder = join("runs", name!);
  }, 600_000);

  const report = (name: string): Promise<string> => readFile(join(folder, runFolder, "report", name), "utf8");

  it("draws both years' layouts", () => {
    expect(drawn.code, drawn.stderr).toBe(0);
    expect(drawn.stderr).toMatch(/\d+ labelled images \(CUB_200_2010\) and \d+ others \(CUB_200_2011\) of 2 species/);
    for (const file of [
      "CUB_200_2010/lists/train.txt",
      "CUB_200_2010/images",
      "CUB_200_2011/images.txt",
      "CUB_200_2011/images",
    ]) {
      expect(existsSync(join(folder, "demo-data", file)), file).toBe(true);
    }
  });

  it("reproduces the paper on it and says where the report is", () => {
    expect(reproduced.code, reproduced.stderr).toBe(0);
    expect(runFolder).toMatch(/^runs.demo-\d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{6}$/);
    expect(reproduced.stderr).toContain(`the report is ${join(runFolder, "report", "index.html")}`);
  });

  it("writes a log that reads well in a file: a line for each epoch, no control characters", () => {
    for (const line of [
      "teacher epoch 1/1 (labelled)",
      "student epoch 1/2 (pseudo-labelled)",
      "noisy-student epoch 2/2 (labelled)",
    ]) {
      expect(reproduced.stderr).toContain(line);
    }
    expect(reproduced.stderr.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("leaves a report with both tables, both figures and a word on what the data are", async () => {
    const page = await report("index.html");
    for (const text of ["Table 2", "Table 3", "Figure 2", "Figure 3", "drawn, and few", "78.4 %", "66.0 %"])
      expect(page).toContain(text);
    const rows = (await report("tables.md"))
      .split("\n")
      .filter((line) => /^\| (Teacher|Student|Noisy Student) /.test(line));
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row).toMatch(/\| \d+\.\d % ± \d+\.\d +\| (\d+\.\d %|N\/A) +\| \d+\.\d % +\|$/);
  });

  it("writes the same report again", async () => {
    // The first was written before its command had ended, and could not tell all that it cost.
    const withoutCost = (page: string): string =>
      page.replaceAll(/<tr><td>\S+ \S+<\/td><td>npx fledge .*|In all \d.*CPU time\./g, "");
    const both = async (): Promise<string[]> => [await report("tables.json"), withoutCost(await report("index.html"))];
    const before = await both();
    const { code, stderr } = await fledge("report", "--run", runFolder);
    expect(code, stderr).toBe(0);
    expect(await both()).toEqual(before);
  });

  it("goes on with a finished run under the name of demo too", async () => {
    const { code, stdout, stderr } = await fledge("demo", "--run", runFolder, "--resume");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Table 2");
    expect(stderr).toContain("the demo data are in demo-data already");
    expect(stderr.match(/training is complete already/g)).toHaveLength(3);
  });
});

describe("beside training", () => {
  it("explains a training step: a line for each kernel and the sums", async () => {
    const { code, stdout, stderr } = await fledge("explain", ...small, "--batch-size", "4", "--classes", "7");
    expect(code, stderr).toBe(0);
    for (const rung of [
      "conv2d-forward/",
      "conv2d-grad-weight/",
      "batchnorm-statistics/",
      "softmax-cross-entropy",
      "sgd-update/",
    ])
      expect(stdout).toContain(rung);
    expect(stdout).toMatch(/\d+ kernels in \d+ dispatches: \d+\.\d+ MFLOP/);
  });

  it("tells what the machine computes on and what the paper preset lacks", async () => {
    const { code, stdout, stderr } = await fledge("doctor");
    expect(code, stderr).toBe(0);
    for (const word of ["adapter", "driver", "features", "maxStorageBufferBindingSize", "memory", "node"])
      expect(stdout).toContain(word);
    expect(stdout.match(/^for "paper" +missing /gm)!.length).toBeGreaterThanOrEqual(3);
  });

  it("prints its version", async () => {
    expect(await fledge("--version")).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("ends with 1 and a sentence where something is wrong, before and after a device was opened", async () => {
    for (const args of [["reproduce", "--labelled", "nowhere"], ["doctor", "--adapter", "bogus"], ["frobnicate"]]) {
      const { code, stderr } = await fledge(...args);
      expect(code).toBe(1);
      expect(stderr).toMatch(/there is no folder nowhere|no adapter is called "bogus"|unknown command 'frobnicate'/);
      expect(stderr).not.toMatch(/^\s+at .*[:(]/m);
    }
  });
});
