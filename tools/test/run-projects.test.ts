import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findSlower, renewBaseline, verdict, type Ladders } from "../src/benches/baseline.ts";
import { chooseProjects, findBenchProjects } from "../src/benches/projects.ts";
import { keptVerdicts, runProjects, type RunOptions } from "../src/benches/run-projects.ts";
import { ladder } from "./ladder-results.ts";

let workspace = "";
let printed = "";
let said = "";
beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "fledge-benches-"));
  printed = said = "";
  vi.spyOn(console, "log").mockImplementation((text) => void (printed += `${text}\n`));
  vi.spyOn(console, "error").mockImplementation((text) => void (said += `${text}\n`));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(workspace, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), text);
}
const read = (path: string): string => readFileSync(join(workspace, path), "utf8");

/** A script that "measures" `results`, and `again` where it is called for some rungs; it notes how it was called. */
const script = (results: object, again: object): string => `
  import { appendFileSync, writeFileSync } from "node:fs";
  const results: object = process.argv.includes("--rung") ? ${JSON.stringify(again)} : ${JSON.stringify(results)};
  appendFileSync("calls.txt", [process.env["FLEDGE_BENCH"], ...process.argv.slice(2)].join(" ") + "\\n");
  if (!process.argv.includes("99-none")) writeFileSync(process.env["FLEDGE_BENCH_JSON"]!, JSON.stringify(results));
  if (process.argv.includes("broken")) process.exit(1);`;

const marked = "<!-- tree:relu -->\n<!-- /tree -->\n\n<!-- ladder:relu -->\n<!-- /ladder -->\n";

/** A ladder of one rung, as far as its pages need it. */
const ladderModule = 'export const ladder = { name: "relu", rungs: [{ id: "relu/01-naive", idea: "one" }] };';

function project(root: string, results: object, { again = results, readme = marked } = {}): void {
  write(`${root}/package.json`, JSON.stringify({ name: `@fledge/${root}`, nx: { name: root.split("/").at(-1) } }));
  write(`${root}/bench/one.bench.ts`, script(results, again));
  write(`${root}/README.md`, readme);
  if (root === "kernels/relu") write(`${root}/src/ladder.ts`, ladderModule);
}

const run = (names: readonly string[], options: Partial<RunOptions> = {}): Promise<string[]> =>
  runProjects(chooseProjects(findBenchProjects(workspace), names), {
    workspace,
    printJson: false,
    quiet: false,
    mode: "quick",
    json: undefined,
    readme: false,
    filters: [],
    adapter: [],
    ...options,
  });

beforeEach(() => {
  write("bench/package.json", "{}");
  write("bench/baseline.json", JSON.stringify({ relu: ladder("relu", 100) }));
  project("kernels/relu", { relu: ladder("relu", 110) });
  project("packages/data", { loader: { results: {} } });
});

describe("what is printed", () => {
  it("is the figures alone where they are wanted as JSON, with the verdict on stderr", async () => {
    expect(await run(["relu"], { printJson: true })).toEqual([]);
    expect(JSON.parse(printed)).toEqual({ relu: ladder("relu", 110) });
    expect(said).toContain("As fast as in bench/baseline.json");
    expect(said).toContain("$ tsx kernels/relu/bench/one.bench.ts");
  });

  it("tells nothing of what runs where it is to be quiet", async () => {
    await run(["relu"], { quiet: true });
    expect(printed).toContain("As fast as in bench/baseline.json");
    expect(said).toBe("");
  });
});

describe("the projects", () => {
  it("are all kernels, or those named by name or folder", () => {
    const all = findBenchProjects(workspace);
    expect(all.map(({ name }) => name)).toEqual(["relu", "data"]);
    expect(chooseProjects(all, []).map(({ name }) => name)).toEqual(["relu"]);
    expect(chooseProjects(all, ["packages/data", "relu"]).map(({ name }) => name)).toEqual(["data", "relu"]);
    expect(() => chooseProjects(all, ["conv"])).toThrow('"conv" has no benchmarks; there are relu, data');
  });
});

describe("a run", async () => {
  it("keeps each project's figures in the cache, and in --json's file beside what is there", async () => {
    const json = join(workspace, "figures.json");
    write("figures.json", '{"other":1}');
    expect(await run(["relu", "data"], { json, mode: "full", adapter: ["--adapter", "some"] })).toEqual([]);
    expect(Object.keys(JSON.parse(read("figures.json")) as object)).toEqual(["other", "relu", "loader"]);
    expect(JSON.parse(read(".cache/bench/relu.json"))).toEqual({ relu: ladder("relu", 110) });
    expect(read("calls.txt")).toBe("full --adapter some\nfull --adapter some\n");
    expect(printed).toContain("As fast as in bench/baseline.json, within a factor of 1.5: relu\n");
  });

  it("names a rung that is slower than in the baseline when it is so twice, and does not fail for it", async () => {
    project("kernels/relu", { relu: ladder("relu", 1000) });
    expect(await run(["relu"])).toEqual([]);
    expect(read("calls.txt")).toBe("quick\nquick --rung relu/01-naive --shape layer1\n");
    expect(printed).toContain("SLOWER  relu/01-naive on layer1: 10.00 times as long as in bench/baseline.json");
    expect(keptVerdicts(workspace)).toContain("SLOWER  relu/01-naive on layer1");
  });

  it("forgets a rung that looked slower once", async () => {
    project("kernels/relu", { relu: ladder("relu", 1000) }, { again: { relu: ladder("relu", 120) } });
    expect(await run(["relu"])).toEqual([]);
    expect(said).toContain("1 rung(s) look slower");
    expect(keptVerdicts(workspace)).toBe("As fast as in bench/baseline.json, within a factor of 1.5: relu");
  });

  it("measures a part where --rung or --shape ask for one, which does not replace the figures of the whole", async () => {
    write(".cache/bench/relu.json", "{}");
    expect(await run(["relu"], { filters: ["--rung", "01-naive"] })).toEqual([]);
    expect(read("calls.txt")).toBe("quick --rung 01-naive\n");
    expect(read(".cache/bench/relu.json")).toBe("{}");
    expect(await run(["relu"], { filters: ["--rung", "99-none"] })).toEqual([
      "nothing measured: no ladder has --rung 99-none",
    ]);
  });

  it("names scripts that fail, and still keeps what they measured, beside what a whole run had", async () => {
    write(".cache/bench/relu.json", JSON.stringify({ gelu: ladder("gelu", 90) }));
    expect(await run(["relu"], { adapter: ["--adapter", "broken"] })).toEqual(["kernels/relu/bench/one.bench.ts"]);
    expect(JSON.parse(read(".cache/bench/relu.json"))).toEqual({ gelu: ladder("gelu", 90), relu: ladder("relu", 110) });
    expect(await run(["relu"])).toEqual([]);
    expect(JSON.parse(read(".cache/bench/relu.json"))).toEqual({ relu: ladder("relu", 110) });
  });

  it("finds out before it measures where figures could not be kept", async () => {
    write("file", "no folder");
    write("list.json", "[]");
    const keeping = (json: string): Promise<string[]> => run(["relu"], { json: join(workspace, json) });
    await expect(keeping("file/figures.json")).rejects.toThrow("file/figures.json cannot be written");
    await expect(keeping("list.json")).rejects.toThrow("list.json holds no object of benchmark results");
    write(".cache/bench", "no folder");
    await expect(run(["relu"])).rejects.toThrow("bench/relu.json cannot be written");
    expect(() => read("calls.txt")).toThrow("ENOENT");
  });

  it("keeps the figures beside the kernel and writes its pages with --readme", async () => {
    expect(await run(["relu"], { readme: true })).toEqual([]);
    expect(JSON.parse(read("kernels/relu/results/an-adapter.json"))).toEqual({ relu: ladder("relu", 110) });
    expect(read("kernels/relu/README.md")).toMatch(/GB\/s on an adapter[^]*01-naive[^]*<!-- \/ladder -->\n$/);
    expect(read("kernels/relu/drawings/relu.svg")).toContain("01-naive");
  });

  it("refuses --readme without markers before it measures, or for a part", async () => {
    project("kernels/relu", { relu: ladder("relu", 100) }, { readme: "# relu\n" });
    await expect(run(["relu"], { readme: true })).rejects.toThrow(
      /kernels\/relu\/README.md has no place for the tree of relu: write <!-- tree:relu -->/,
    );
    await expect(run(["relu"], { readme: true, filters: ["--rung", "01-naive"] })).rejects.toThrow(
      "leave --rung and --shape out",
    );
    expect(() => read("calls.txt")).toThrow("ENOENT");
  });
});

describe("the baseline", () => {
  it("becomes what the last runs measured", async () => {
    await expect(renewBaseline(workspace)).rejects.toThrow("holds no figures of a ladder: run `npm run bench` first");
    await run(["relu", "data"]);
    expect(await renewBaseline(workspace)).toBe(1);
    expect(JSON.parse(read("bench/baseline.json"))).toEqual({ relu: ladder("relu", 110) });
  });

  it("is not replaced by a part of it", async () => {
    const whole = JSON.stringify({ relu: ladder("relu", 100), gelu: ladder("gelu", 90), conv: ladder("conv", 80) });
    write("bench/baseline.json", whole);
    await run(["relu"]);
    await expect(renewBaseline(workspace)).rejects.toThrow(
      /baseline.json has 2 ladder\(s\) that \S+ has no figures of: gelu, conv\. Measure their kernels first/,
    );
    expect(read("bench/baseline.json")).toBe(whole);
  });

  const baseline = { relu: ladder("relu", 100) };
  const judged = (now: Ladders): string => verdict(baseline, now, findSlower(baseline, now));

  it("is not held against another adapter, and lacks new rungs, which is said", () => {
    const slow = ladder("relu", 1000);
    const elsewhere = { ...slow, adapter: { ...slow.adapter, name: "another adapter" } };
    expect(judged({ relu: elsewhere })).toBe(
      "Not compared with bench/baseline.json, which has them from another adapter: relu",
    );
    expect(judged({ gelu: slow })).toBe(
      "Not in bench/baseline.json, which bench/README.md tells how to renew: relu/01-naive",
    );
  });

  it("tells of rungs that are not timed any more", () => {
    const refused = { outcome: "failed", rung: "relu/01-naive", reason: "out[0] is NaN" } as const;
    const { cases, ...where } = ladder("relu", 1000);
    expect(judged({ relu: { ...where, cases: [{ ...cases[0]!, rungs: [refused] }] } })).toBe(
      "LOST    relu/01-naive on layer1, which was timed before, is failed: out[0] is NaN",
    );
  });
});
